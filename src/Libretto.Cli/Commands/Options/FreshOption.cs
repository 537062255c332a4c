using System.CommandLine;

namespace Libretto.Cli.Commands.Options;

/// <summary>The option to do again what was done before.</summary>
internal static class FreshOption
{
    public static Option<bool> Create() => new("--fresh") { Description = "Do everything anew, even what was kept from an earlier run." };
}
