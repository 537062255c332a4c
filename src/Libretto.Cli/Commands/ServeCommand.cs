using System.CommandLine;
using Libretto.Cli.Commands.Options;
using Libretto.Server;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto serve</c>: the job service, in this process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the job service: HTTP API, queue and workers, in one process or many.");
        var flags = new ServerFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await LibrettoServer.RunAsync(flags.Read(parsed), cancellationToken: cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
