using System.Reflection;

namespace Libretto;

/// <summary>How Libretto introduces itself to services.</summary>
internal static class UserAgent
{
    private static readonly string s_version =
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Name and version, and where its operator can be reached, if that is known.</summary>
    public static string Of(string? contact) => contact is null ? $"Libretto/{s_version}" : $"Libretto/{s_version} ({contact})";
}
