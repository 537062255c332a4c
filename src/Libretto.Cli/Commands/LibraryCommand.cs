using System.CommandLine;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Library;
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
        command.SetAction((parsed, cancellationToken) => RunAsync(
            options.Read(parsed, parsed.GetRequiredValue(folders), new SongRequest("")
            {
                Fresh = parsed.GetValue(fresh),
                Romanize = parsed.GetValue(romanize),
            }),
            options.Report(parsed),
            settings.Read(parsed),
            LibraryDisplay.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        LibraryRequest request, string? report, LibrettoSettings settings, LibraryDisplay display, CancellationToken cancellationToken)
    {
        var reportFile = report is null ? null : new LibraryReportFile(report);
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        using var session = services.GetRequiredService<SongLibrary>().Open(request);
        var plan = await session.PlanAsync(display, cancellationToken);
        display.Planned(plan, withSongs: request.DryRun);
        if (request.DryRun)
        {
            reportFile?.Write(new LibraryReport([.. plan.Songs.Select(song => new LibraryOutcome(song, LibraryResult.NotTried)
                { Notices = song.Notices })], plan), isDryRun: true);
            return ExitCodes.Done;
        }
        var done = await session.RunAsync(plan, display, display, cancellationToken);
        reportFile?.Write(done, isDryRun: false);
        display.Ended(done);
        return done.FirstError is { } error ? ExitCodes.Of(error) : ExitCodes.Done;
    }
}
