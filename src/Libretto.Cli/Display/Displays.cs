using System.CommandLine;
using Spectre.Console;

namespace Libretto.Cli.Display;

/// <summary>Chooses how progress is shown.</summary>
internal static class Displays
{
    private static readonly string[] s_modes = ["auto", "plain", "json", "none"];

    /// <summary>The option that chooses.</summary>
    public static Option<string> Option()
    {
        var option = new Option<string>("--progress")
        {
            Description = "How progress is shown on standard error: auto, plain, json (an object a line) or none.",
            HelpName = "MODE",
            DefaultValueFactory = _ => s_modes[0],
        };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is { } mode && !s_modes.Contains(mode))
                result.AddError($"'{mode}' is no value for --progress: choose one of {string.Join(", ", s_modes)}.");
        });
        return option;
    }

    /// <param name="mode">What the option says; <c>auto</c> is live on a terminal and plain elsewhere.</param>
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
