using System.CommandLine;
using Libretto.Cli;
using Libretto.Cli.Commands;

using var signals = new Signals();
var root = LibrettoCommand.Create();
var parsed = root.Parse(LibrettoCommand.Expand(args, root), new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    ErrorReport.Usage(parsed);
    return ExitCodes.Usage;
}
// Signals are ours: a song in work ends within half a second and leaves nothing.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
return await ErrorReport.GuardAsync(() => parsed.InvokeAsync(invocation, signals.Token), signals);
