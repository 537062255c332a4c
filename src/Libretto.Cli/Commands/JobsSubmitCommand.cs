using System.CommandLine;
using System.Text.Json;
using Libretto.Acquire;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Remote;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Library.Files;
using Libretto.Server.Api.Intake;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto jobs submit</c>: posts songs and lists of songs to a job service.</summary>
internal static class JobsSubmitCommand
{
    // As many as a page of jobs may have.
    private const int PageSize = 100;

    public static Command Create()
    {
        var songs = SongsArgument.Create();
        var language = new Option<string>("--language") { Description = "The language sung.", HelpName = "LANG" };
        var engine = new Option<string>("--engine") { Description = "The recogniser.", HelpName = "NAME" };
        var model = new Option<string>("--model") { Description = "The speech model.", HelpName = "NAME" };
        var cookies = new Option<string>("--cookies")
        {
            Description = "A file of browser cookies (cookies.txt) for the links' site; sent with the links, which takes an admin's key.",
            HelpName = "FILE",
        };
        var watch = new Option<bool>("--watch") { Description = "Wait until they are done and show how far they are." };
        var command = new Command("submit", "Post songs and lists of songs; prints each job's id.")
        {
            songs, language, engine, model, cookies, watch,
        };
        var lists = new ListOptions(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(cookies) is not null && !(result.GetValue(songs) ?? []).Any(SongLink.LooksLikeLink))
                result.AddError("--cookies are for links.");
        });
        command.SetAction((parsed, cancellationToken) => JobsCommand.WithServer(parsed, async client =>
        {
            var options = new Dictionary<string, string?>
            {
                ["language"] = parsed.GetValue(language),
                ["engine"] = parsed.GetValue(engine),
                ["model"] = parsed.GetValue(model),
            }
                .Where(pair => pair.Value is not null).ToDictionary();
            var jar = parsed.GetValue(cookies) is { } file ? CookieJar.ReadFile(file, DateTimeOffset.UtcNow) : null;
            var submission = new Submission(client, options, jar, lists.Read(parsed));
            foreach (var song in parsed.GetRequiredValue(songs))
                if (!await submission.AddAsync(song, cancellationToken))
                    break;
            var exitCode = submission.ExitCode;
            foreach (var id in parsed.GetValue(watch) ? submission.Ids : [])
                if (!await JobsCommand.ShowAsync(client, id, cancellationToken) && exitCode == ExitCodes.Done)
                    exitCode = ExitCodes.Failed;
            return exitCode;
        }));
        return command;
    }

    /// <summary>What has been posted so far.</summary>
    /// <param name="client">The server.</param>
    /// <param name="options">What is wanted of each song.</param>
    /// <param name="cookies">For links.</param>
    /// <param name="items">How many songs of a link that is a list are taken; null takes links for songs.</param>
    private sealed class Submission(JobsClient client, Dictionary<string, string?> options, CookieJar? cookies, int? items)
    {
        public List<string> Ids { get; } = [];

        public int ExitCode { get; private set; } = ExitCodes.Done;

        /// <summary>
        /// Posts a song or a list; false when what went wrong would go wrong with each. One that is refused keeps no other.
        /// </summary>
        public async Task<bool> AddAsync(string song, CancellationToken cancellationToken)
        {
            try
            {
                await PostAsync(song, cancellationToken);
                return true;
            }
            catch (LibrettoException e) when (!cancellationToken.IsCancellationRequested)
            {
                ErrorReport.Say(e.Message);
                if (ExitCode == ExitCodes.Done)
                    ExitCode = ExitCodes.Of(e);
                return !ExitCodes.ConcernsEverySong(ExitCodes.Of(e));
            }
        }

        private async Task PostAsync(string song, CancellationToken ct)
        {
            if (SongLists.IsList(song))
                await PostListAsync(song, ct);
            else if (!SongLink.LooksLikeLink(song))
                Print(await client.SubmitFileAsync(File.Exists(song) ? song : throw InputException.Missing(song), options, ct));
            else if (items is { } most)
                await PrintListAsync(await client.SubmitListAsync(song, most, options, cookies, ct), ct);
            else
                Print(await client.SubmitLinkAsync(song, options, cookies, ct));
        }

        /// <summary>The links of a list are one list there as well; files, which the server does not see, are posted one by one.</summary>
        private async Task PostListAsync(string list, CancellationToken ct)
        {
            var named = new PlaylistFiles(ErrorReport.Say).Songs(list, ct).ToLookup(SongLink.LooksLikeLink);
            if (!named[true].Any() && !named[false].Any())
                throw InputException.NoSongs(list);
            foreach (var links in named[true].Chunk(ListIntake.MostItems))
                await PrintListAsync(await client.SubmitListAsync(Path.GetFileNameWithoutExtension(list), links, options, ct), ct);
            foreach (var file in named[false])
                if (!await AddAsync(file, ct))
                    break;
        }

        private async Task PrintListAsync(JsonElement list, CancellationToken ct)
        {
            if (list.TryGetProperty("left_out", out var leftOut))
                foreach (var why in leftOut.EnumerateArray())
                    ErrorReport.Say(why.GetString()!);
            var (id, ids) = (list.GetProperty("id").GetString()!, new List<string>());
            while (true)
            {
                var before = ids.Count == 0 ? "" : $"&before={ids[^1]}";
                var page = (await client.GetAsync($"api/jobs?list={id}&limit={PageSize}{before}", ct)).GetProperty("jobs");
                ids.AddRange(page.EnumerateArray().Select(job => job.GetProperty("id").GetString()!));
                if (page.GetArrayLength() < PageSize)
                    break;
            }
            // The newest come first.
            ids.Reverse();
            foreach (var job in ids)
                Print(job);
        }

        private void Print(JsonElement job) => Print(job.GetProperty("id").GetString()!);

        private void Print(string id)
        {
            Ids.Add(id);
            Console.Out.WriteLine(id);
        }
    }
}
