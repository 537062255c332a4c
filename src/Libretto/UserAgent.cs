using System.Reflection;

namespace Libretto;

/// <summary>How Libretto introduces itself to services: its name, version and where it is to be found.</summary>
internal static class UserAgent
{
    private static readonly string s_version =
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static string Text { get; } = $"Libretto/{s_version} (https://www.nuget.org/packages/Libretto.Cli)";
}
