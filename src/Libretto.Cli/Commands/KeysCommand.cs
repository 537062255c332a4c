using System.CommandLine;
using System.Globalization;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Server;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto keys</c>: who may use the job service. Works on the server's database, so it needs no server.</summary>
internal static class KeysCommand
{
    public static Command Create() =>
        new("keys", "Create, list and revoke the API keys of the job service.") { CreateKey(), List(), Revoke() };

    private static Command CreateKey()
    {
        var name = new Option<string>("--name") { Description = "Whose key it is, for people.", HelpName = "NAME", Required = true };
        var admin = new Option<bool>("--admin") { Description = "The key sees every job and the queue's dashboard." };
        var command = new Command("create", "Make a key and print it, this once.") { name, admin };
        var server = new ServerFlags(command, "--database", "--data");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var keys = await KeyAdmin.OpenAsync(server.Read(parsed), cancellationToken);
            Console.Out.WriteLine(await keys.CreateAsync(parsed.GetRequiredValue(name), parsed.GetValue(admin), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the keys; the secrets are not kept.");
        var server = new ServerFlags(command, "--database", "--data");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var keys = await KeyAdmin.OpenAsync(server.Read(parsed), cancellationToken);
            var table = new TextTable("ID", "NAME", "SCOPE", "CREATED", "REVOKED");
            foreach (var key in await keys.ListAsync(cancellationToken))
                table.Add(key.Id, key.Name, key.Scope, Day(key.CreatedAt), key.RevokedAt is { } revoked ? Day(revoked) : "");
            table.Write(Console.Out);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Revoke()
    {
        var key = new Argument<string>("KEY") { Description = "The key's id or name." };
        var command = new Command("revoke", "Make a key useless, within two seconds and for ever.") { key };
        var server = new ServerFlags(command, "--database", "--data");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var keys = await KeyAdmin.OpenAsync(server.Read(parsed), cancellationToken);
            var name = parsed.GetRequiredValue(key);
            if (await keys.RevokeAsync(name, cancellationToken))
                return ExitCodes.Done;
            ErrorReport.Say($"there is no key '{name}' in force. 'libretto keys list' shows them.");
            return ExitCodes.Input;
        });
        return command;
    }

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
