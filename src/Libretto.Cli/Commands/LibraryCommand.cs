using System.CommandLine;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Library;
using Libretto.Library.Jellyfin;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto library DIR...</c>: word-timed lyrics beside every song of a collection that lacks them.</summary>
internal static class LibraryCommand
{
    public const string Name = "library";

    public static Command Create()
    {
        var folders = new Argument<string[]>("DIR")
        {
            Description = "Folders of songs, walked with all below, and playlists (.m3u, .m3u8, .pls).",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(Name, "Give a collection word-timed lyrics: only what is missing, beside the songs.") { folders };
        var options = new LibraryOptions(command);
        var settings = new SettingOptions(command, "language", "engine", "model", "separate", "quality", "aligner", "local", "threads");
        var fresh = FreshOption.Create();
        var progress = Displays.Option();
        var romanize = RomanizeOption.Create();
        command.Add(romanize);
        command.Add(fresh);
        command.Add(progress);
        command.SetAction((parsed, cancellationToken) =>
        {
            var read = settings.Read(parsed);
            return RunAsync(
                options.Read(parsed, parsed.GetRequiredValue(folders), new SongRequest("")
                {
                    Fresh = parsed.GetValue(fresh),
                    Romanize = parsed.GetValue(romanize),
                }),
                options.Report(parsed),
                options.Jellyfin(parsed, read),
                read,
                LibraryDisplay.Create(parsed.GetValue(progress)!),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        LibraryRequest request, string? report, (Uri Server, string Key)? jellyfin, LibrettoSettings settings, LibraryDisplay display,
        CancellationToken cancellationToken)
    {
        var reportFile = report is null ? null : new LibraryReportFile(report);
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        // What is posted would be lost on the way to another address, and the key may be nobody else's.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
        var handOver = jellyfin is not { } server ? null : new JellyfinHandOver(
            new JellyfinLyrics(http, server.Server, server.Key), StateFolder.OfUser(), WrittenFiles.OfUser());
        using var session = services.GetRequiredService<SongLibrary>().Open(request);
        var task = new LibraryTask(session, request, reportFile, handOver, display);
        return request.AtRest > TimeSpan.Zero ? await task.WatchAsync(cancellationToken) : await task.RunAsync(cancellationToken);
    }
}
