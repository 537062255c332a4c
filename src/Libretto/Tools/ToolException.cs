namespace Libretto.Tools;

/// <summary>An outside program is missing, failed, was killed or took too long.</summary>
public sealed class ToolException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public ToolException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    /// <summary>The program's exit code; null when it did not run or was ended by Libretto.</summary>
    public int? ExitCode { get; private init; }

    /// <summary>The last lines the program wrote to its error stream.</summary>
    public IReadOnlyList<string> ErrorLines { get; private init; } = [];

    internal static ToolException Missing(Tool tool, string hint) => new(
        ErrorKind.Missing, ErrorCodes.ToolMissing, $"{tool.Name} is not installed. Install it with: {hint}");

    internal static ToolException NotWhereGiven(Tool tool, string given) => new(
        ErrorKind.Missing, ErrorCodes.ToolMissing,
        $"The path set for {tool.Name}, {given}, is not a program. Correct the setting, or remove it to search the path.");

    internal static ToolException CannotStart(Tool tool, string path, Exception inner) => new(
        ErrorKind.Missing, ErrorCodes.ToolMissing,
        $"{path} cannot be started ({inner.Message}). Install {tool.Name} again, or set another path.", inner: inner);

    internal static ToolException Failed(Tool tool, int exitCode, IReadOnlyList<string> errors) => new(
        ErrorKind.Failed, ErrorCodes.ToolFailed, $"{tool.Name} failed with exit code {exitCode}: {Said(errors)}")
    {
        ExitCode = exitCode,
        ErrorLines = errors,
    };

    internal static ToolException Killed(Tool tool, int exitCode, IReadOnlyList<string> errors) => new(
        ErrorKind.Failed, "tool_killed",
        $"{tool.Name} was ended from outside before it was done{Signal(exitCode)}, perhaps because memory ran out. Try again.",
        isTransient: true)
    {
        ExitCode = exitCode,
        ErrorLines = errors,
    };

    internal static ToolException TimedOut(Tool tool, TimeSpan limit, IReadOnlyList<string> errors) => new(
        ErrorKind.Failed, ErrorCodes.ToolTimeout, $"{tool.Name} took longer than {limit.TotalSeconds:0.#} s and was ended. Try again.",
        isTransient: true)
    {
        ErrorLines = errors,
    };

    internal static ToolException OutOfMemory(Tool tool, int exitCode, IReadOnlyList<string> errors) => new(
        ErrorKind.Failed, ErrorCodes.ToolMemory,
        $"{tool.Name} wanted more memory than the {tool.MostMemory >> 20} MB it may have, or than there is. " +
        "A song needs far less: check what was given to it.")
    {
        ExitCode = exitCode,
        ErrorLines = errors,
    };

    internal static ToolException TalksTooMuch(Tool tool) => new(
        ErrorKind.Failed, "tool_output",
        $"{tool.Name} said far more than it should and was ended. Check that the file is a song and not made to do harm.");

    private static string Said(IReadOnlyList<string> errors) => errors.Count == 0 ? "it did not say why." : errors[^1];

    private static string Signal(int exitCode) => exitCode is > 128 and < 192 ? $" (signal {exitCode - 128})" : "";
}
