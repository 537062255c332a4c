using System.CommandLine;

namespace Libretto.Cli;

/// <summary>Says on standard error what went wrong: one message a failure.</summary>
internal static class ErrorReport
{
    private const int BrokenPipe = 32;

    public static void Say(string message) => Console.Error.WriteLine($"libretto: {message}");

    public static void Usage(ParseResult parsed)
    {
        foreach (var message in parsed.Errors.Select(error => error.Message).Distinct())
            Say(message);
        var command = parsed.CommandResult.Command;
        Say($"'{(command is RootCommand ? "libretto" : $"libretto {PathOf(parsed.CommandResult)}")} --help' shows what is possible.");
    }

    /// <summary>Whether whoever reads our output has stopped.</summary>
    public static bool IsBrokenPipe(IOException e) => e.HResult == BrokenPipe;

    /// <summary>Runs the command and turns what it throws into a message and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command, Signals signals)
    {
        try
        {
            return await command();
        }
        catch (Exception e) when (signals.ExitCode is { } exitCode && (e is OperationCanceledException or LibrettoException))
        {
            Say("stopped.");
            return exitCode;
        }
        catch (LibrettoException e)
        {
            Say(OneLine.Of(e.Message));
            return ExitCodes.Of(e);
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            return ExitCodes.BrokenPipe;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Say($"an error Libretto did not expect. Please report it with the lines below and 'libretto doctor'.{Environment.NewLine}{e}");
            return ExitCodes.Unexpected;
        }
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } parent
            ? $"{PathOf(parent)} {command.Command.Name}"
            : command.Command.Name;
}
