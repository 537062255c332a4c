using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Libretto.Cli.Display;
using Libretto.Cli.Remote;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Server;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto jobs</c>: a job service's client.</summary>
internal static class JobsCommand
{
    private const string ServerVariable = "LIBRETTO_SERVER";
    private const string KeyVariable = "LIBRETTO_KEY";

    private static readonly Option<string> s_server = new("--server")
    {
        Description = $"The server's address. [default: ${ServerVariable}, else {ServerOptions.DefaultUrl}]",
        HelpName = "URL",
        Recursive = true,
    };

    private static readonly Option<string> s_key =
        new("--key") { Description = $"The API key, better given as ${KeyVariable}.", HelpName = "KEY", Recursive = true };

    public static Command Create() => new("jobs", "Post songs to a job service, watch them and fetch the results.")
    {
        s_server, s_key, JobsSubmitCommand.Create(), List(), Watch(), Cancel(), Fetch(),
    };

    private static Command List()
    {
        var status = new Option<string>("--status")
        {
            Description = "Only queued, running, completed, failed or cancelled.",
            HelpName = "STATUS",
        };
        var limit = new Option<int>("--limit") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("list", "List jobs, newest first.") { status, limit };
        command.SetAction((parsed, cancellationToken) => WithServer(parsed, async client =>
        {
            var filter = parsed.GetValue(status) is { } wanted ? $"&status={Uri.EscapeDataString(wanted)}" : "";
            var page = await client.GetAsync($"api/jobs?limit={parsed.GetValue(limit)}{filter}", cancellationToken);
            var table = new TextTable("ID", "STATUS", "PCT", "TITLE", "MESSAGE");
            foreach (var job in page.GetProperty("jobs").EnumerateArray())
                table.Add(
                    Text(job, "id"), Text(job, "status"), Pct(job), OneLine.Of(Text(job, "title")),
                    OneLine.Of(Text(job, job.TryGetProperty("error_message", out _) ? "error_message" : "status_message")));
            table.Write(Console.Out);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Watch()
    {
        var id = Id();
        var command = new Command("watch", "Show how far a job is, until it ends.") { id };
        command.SetAction((parsed, cancellationToken) => WithServer(parsed, async client =>
            await ShowAsync(client, parsed.GetRequiredValue(id), cancellationToken) ? ExitCodes.Done : ExitCodes.Failed));
        return command;
    }

    private static Command Cancel()
    {
        var id = Id();
        var command = new Command("cancel", "Cancel a job.") { id };
        command.SetAction((parsed, cancellationToken) => WithServer(parsed, async client =>
        {
            await client.PostAsync($"api/jobs/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/cancel", cancellationToken);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Fetch()
    {
        var id = Id();
        var format = new Option<string>("--format")
        {
            Description = "json, lrc, elrc, srt, vtt, ass, ttml, txt or verbose_json.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "json",
        };
        var output = new Option<string>("--out") { Description = "The file to write; standard output when not given.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace a file that Libretto did not write." };
        var command = new Command("fetch", "Fetch a job's lyrics.") { id, format, output, force };
        command.SetAction((parsed, cancellationToken) => WithServer(parsed, async client =>
        {
            var known = LyricsFormats.Named(parsed.GetRequiredValue(format));
            var text = await client.TextAsync(
                $"api/jobs/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/lyrics{known.Extension}", cancellationToken);
            if (parsed.GetValue(output) is { } path)
                new ResultFiles(WrittenFiles.OfUser(), parsed.GetValue(force)).Write([(path, text)]);
            else
                Console.Out.Write(text);
            return ExitCodes.Done;
        }));
        return command;
    }

    /// <summary>Prints a line for each change; false when the job did not complete.</summary>
    public static async Task<bool> ShowAsync(JobsClient client, string id, CancellationToken cancellationToken)
    {
        var isDone = false;
        await foreach (var job in client.WatchAsync(id, cancellationToken))
        {
            var status = Text(job, "status");
            isDone = status == "completed";
            var message = Text(job, status == "failed" ? "error_message" : "status_message");
            Console.Error.WriteLine($"{Pct(job),4} %  {Text(job, "current_stage", status)}: {OneLine.Of(message)}");
        }
        return isDone;
    }

    public static async Task<int> WithServer(ParseResult parsed, Func<JobsClient, Task<int>> work)
    {
        var address = parsed.GetValue(s_server) ?? Variable(ServerVariable) ?? ServerOptions.DefaultUrl;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new RemoteException(
                ErrorKind.Missing, "server_unknown",
                $"'{address}' is no address of a server. Give one such as {ServerOptions.DefaultUrl}.");
        using var client = new JobsClient(server, parsed.GetValue(s_key) ?? Variable(KeyVariable));
        return await work(client);
    }

    private static Argument<string> Id() => new("ID") { Description = "The job." };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string Text(JsonElement job, string name, string otherwise = "") =>
        job.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : otherwise;

    private static string Pct(JsonElement job) => job.GetProperty("pct").GetDouble().ToString("0", CultureInfo.InvariantCulture);
}
