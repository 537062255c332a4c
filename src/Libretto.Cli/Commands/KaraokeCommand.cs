using System.CommandLine;
using System.CommandLine.Parsing;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Pipeline.Exports;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto karaoke FILE-OR-LINK...</c>: songs to what plays on televisions, in karaoke players, games and browsers.</summary>
internal static class KaraokeCommand
{
    public const string Name = "karaoke";

    public static Command Create()
    {
        var songs = SongsArgument.Create();
        songs.Description = "Songs, links to them, lists of them (.m3u, .m3u8, .pls), or lyrics with times (such as NAME.json) " +
            "whose song lies beside them.";
        var audio = new Option<string>("--song") { Description = "The song of the lyrics, where it is not beside them under the same name.",
            HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace files that Libretto did not write." };
        var fresh = FreshOption.Create();
        var progress = Displays.Option();
        var command = new Command(Name, "Make karaoke of songs: an HTML file, a video, CD+G, UltraStar.") { songs };
        var karaoke = new KaraokeOptions(command);
        command.Add(audio);
        var settings = new SettingOptions(command, "out", "language", "engine", "model", "quality", "aligner", "local",
            "threads", "cookies");
        var lists = new ListOptions(command);
        var recognition = new RecognitionOptions(command);
        command.Add(force);
        command.Add(fresh);
        command.Add(progress);
        command.Validators.Add(result =>
        {
            var given = result.GetValue(songs) ?? [];
            if (given.Length > 1 && (result.GetValue(audio) is not null || recognition.NamesLyricsFile(result)))
                result.AddError("--song and --lyrics are of one song: give one at a time.");
            if (result.GetValue(audio) is not null && given.Length == 1 && !SongOfLyrics.IsLyrics(given[0]))
                result.AddError("--song names the song of lyrics: give the lyrics, such as NAME.json, too.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(songs),
            parsed.GetValue(audio),
            karaoke.Kinds(parsed),
            karaoke.Apply(new KaraokeRequest(recognition.Apply(new SongRequest("") { Fresh = parsed.GetValue(fresh) }, parsed),
                []), parsed),
            recognition.LyricsFile(parsed),
            recognition.UsesLyricsBeside(parsed),
            settings.Read(parsed),
            lists.Read(parsed),
            parsed.GetValue(force),
            Displays.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] songs, string? audio, IReadOnlyList<KaraokeKind> kinds, KaraokeRequest request, string? lyrics,
        bool usesLyricsBeside, LibrettoSettings settings, int? items, bool force,
        IDisplay display, CancellationToken cancellationToken)
    {
        if (lyrics is not null)
        {
            var reading = await LyricsFile.ReadWordsAsync(lyrics, cancellationToken);
            request = request with { Song = request.Song with { Lyrics = reading.Document, LyricsNotices = reading.Notices } };
        }
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        songs = await new SongLists(services, items, settings.Keep).SongsAsync(songs, cancellationToken);
        if (songs.Length > 1 && (lyrics ?? audio) is not null)
            throw InputException.ManySongs(lyrics is null ? "--song" : "--lyrics");
        var plan = KaraokeOutputs.Plan(
            songs.Where(PipedSongs.IsFile).Select(song => (song, SongOfLyrics.IsLyrics(song) ? audio ?? SongOfLyrics.Find(song) : song)),
            settings.Out, kinds);
        var task = new KaraokeTask(
            services.GetRequiredService<KaraokePipeline>(), request, services.GetRequiredService<TemporaryFolder>(),
            new ResultFiles(WrittenFiles.OfUser(), force), display,
            usesLyricsBeside ? new WordsBeside(WrittenFiles.OfUser(), display) : null);
        var links = new LinkDownloads(services, display, request.Song.Fresh, settings.Keep);
        var names = new LinkNames(settings.Out, plan.SelectMany(song => song.Paths));
        var piped = new PipedSongs(services, display);
        KaraokeOutputs Named(string name, string path)
        {
            KaraokeOutputs At(string start) => new(path, path, start, kinds);
            return At(names.Of(name, start => At(start).Paths));
        }
        var tasks = SongTask.Of(songs, plan, song => song.Song, task.RunAsync, (song, token) => PipedSongs.IsPiped(song)
            ? piped.RunAsync(song, copy => task.RunAsync(Named(PipedSongs.NameOf(song), copy), token), token)
            : links.RunAsync(
                song,
                fetched => task.RunAsync(
                    Named(fetched.Facts.Name, fetched.Path), null, SongOrigin.Of(fetched.Facts), links.Working, token),
                token));
        return await new SongBatch(display).RunAsync(tasks, cancellationToken);
    }
}
