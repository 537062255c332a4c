using System.CommandLine;
using Libretto.Server;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto serve</c>: the job service, in this process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = $"Addresses to listen on, separated by ';'. [default: {ServerOptions.DefaultUrl}]", HelpName = "URLS" };
        var database = DatabaseOption();
        var data = DataOption();
        var role = new Option<string>("--role") { Description = "What this process does: api, worker or all. [default: all]", HelpName = "ROLE" };
        var lanes = new Option<string>("--lanes")
        {
            Description = "The lanes it works in: io, compute or both, separated by ','. [default: both for all, compute for worker, none for api]",
            HelpName = "LANES",
        };
        var idleExit = new Option<string>("--idle-exit") { Description = "End a worker after so long without a job, such as 90s, 5m or 1h. [default: never]", HelpName = "TIME" };
        var command = new Command("serve", "Run the job service: HTTP API, queue and workers, in one process or many.") { urls, database, data, role, lanes, idleExit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = Options(parsed, database, data);
            options = options with
            {
                Urls = Split(parsed.GetValue(urls), ';') ?? options.Urls,
                Role = parsed.GetValue(role) ?? options.Role,
                Lanes = Split(parsed.GetValue(lanes), ',') ?? options.Lanes,
                IdleExit = parsed.GetValue(idleExit) is { } time ? ServerOptions.ParseTime("--idle-exit", time) : options.IdleExit,
            };
            await LibrettoServer.RunAsync(options, cancellationToken: cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Option<string> DatabaseOption() => new("--database")
    {
        Description = "A PostgreSQL address (postgres://...). [default: $DATABASE_URL, else a SQLite file in the data folder]",
        HelpName = "ADDRESS",
    };

    public static Option<string> DataOption() => new("--data")
    {
        Description = "The folder of database, songs and results. [default: $LIBRETTO_DATA, else the user's data folder]",
        HelpName = "DIR",
    };

    public static ServerOptions Options(ParseResult parsed, Option<string> database, Option<string> data)
    {
        var options = ServerOptions.FromEnvironment();
        return options with { Database = parsed.GetValue(database) ?? options.Database, DataFolder = parsed.GetValue(data) ?? options.DataFolder };
    }

    private static string[]? Split(string? text, char separator) =>
        text?.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
