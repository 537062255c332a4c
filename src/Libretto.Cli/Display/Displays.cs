using Spectre.Console;

namespace Libretto.Cli.Display;

/// <summary>Chooses how progress is shown.</summary>
internal static class Displays
{
    public static IReadOnlyList<string> Modes { get; } = ["auto", "plain", "json", "none"];

    /// <param name="mode">One of <see cref="Modes"/>; <c>auto</c> is live on a terminal and plain elsewhere.</param>
    public static IDisplay Create(string mode)
    {
        if (mode == "json")
            return new JsonDisplay(Console.Error);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return mode == "auto" && !Console.IsErrorRedirected && console.Profile.Capabilities.Interactive
            ? new LiveDisplay(console)
            : new PlainDisplay(Console.Error, quiet: mode == "none");
    }
}
