using System.CommandLine;
using Libretto.Audio;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary>
/// <c>libretto transcribe FILE-OR-LINK...</c>: songs to lyrics; <c>libretto align FILE-OR-LINK</c>: the same for lyrics that are known.
/// </summary>
internal static class TranscribeCommand
{
    public const string Name = "transcribe";
    public const string AlignName = "align";

    public static Command Create() => Create(Name, "Turn songs into word-timed lyrics.", lyricsNeeded: false);

    public static Command CreateAlign() => Create(AlignName, "Time lyrics that you have: transcribe with --lyrics.", lyricsNeeded: true);

    private static Command Create(string name, string description, bool lyricsNeeded)
    {
        var songs = SongsArgument.Create();
        var print = new Option<string>("--stdout") { Description = "Print the lyrics of one song in this format and write no files.",
            HelpName = "FORMAT" };
        var force = new Option<bool>("--force") { Description = "Replace files that Libretto did not write." };
        var fresh = FreshOption.Create();
        var track = TrackOption.Create();
        var progress = Displays.Option();
        var command = new Command(name, description) { songs };
        var settings = new SettingOptions(command, "format", "out", "language", "engine", "model", "separate", "quality", "aligner",
            "local", "threads", "cookies");
        var stems = new Option<bool>("--stems")
        {
            Description = "Write the stems too, vocals and accompaniment: NAME.vocals and NAME.instrumental.",
        };
        var stemFormat = StemFormatOption.Create();
        command.Add(stems);
        command.Add(stemFormat);
        var lists = new ListOptions(command);
        var recognition = new RecognitionOptions(command, lyricsNeeded);
        command.Add(track);
        command.Add(print);
        command.Add(force);
        command.Add(fresh);
        command.Add(progress);
        command.Validators.Add(result =>
        {
            var files = result.GetValue(songs) ?? [];
            foreach (var file in files.Where(file => file.StartsWith('-') && file != StandardInput.Word && !File.Exists(file)))
                result.AddError($"There is no option '{file}'.");
            if (files.Contains(StandardInput.Word) && recognition.ReadsStandardInput(result))
                result.AddError("Standard input can be the song or the lyrics, not both.");
            if (files.Length > 1 && recognition.NamesLyricsFile(result))
                result.AddError("--lyrics are of one song: give one song at a time.");
            if (result.GetValue(print) is null)
                return;
            if (files.Length > 1)
                result.AddError("--stdout prints one song at a time.");
            if (result.GetValue(stems))
                result.AddError("--stdout writes no files, so --stems has no meaning with it.");
            if (result.GetResult("--out") is not null || result.GetResult("--format") is not null)
                result.AddError("--stdout writes no files, so --out and --format have no meaning with it.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(songs),
            recognition.Apply(new SongRequest("") { Fresh = parsed.GetValue(fresh), Track = parsed.GetValue(track) }, parsed),
            recognition.LyricsFile(parsed),
            recognition.UsesLyricsBeside(parsed),
            settings.Read(parsed),
            lists.Read(parsed),
            parsed.GetValue(stems) ? StemFormatOption.Read(parsed, stemFormat) : null,
            parsed.GetValue(print),
            parsed.GetValue(force),
            Displays.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] songs, SongRequest request, string? lyrics, bool usesLyricsBeside, LibrettoSettings settings, int? items,
        AudioFormat? stems, string? print, bool force, IDisplay display, CancellationToken cancellationToken)
    {
        if (lyrics is not null)
        {
            var reading = await LyricsFile.ReadWordsAsync(lyrics, cancellationToken);
            request = request with { Lyrics = reading.Document, LyricsNotices = reading.Notices };
        }
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        songs = await new SongLists(services, items, settings.Keep).SongsAsync(songs, cancellationToken);
        if (songs.Length > 1 && (lyrics ?? print) is not null)
            throw InputException.ManySongs(lyrics is null ? "--stdout" : "--lyrics");
        var printed = print is null ? null : LyricsFormats.Named(print);
        var formats = printed is null ? settings.Formats.Select(LyricsFormats.Named).Distinct().ToList() : [];
        var plan = SongOutputs.Plan(songs.Where(PipedSongs.IsFile), settings.Out, formats, stems);
        var transcription = new TranscribeTask(
            services.GetRequiredService<SongPipeline>(), request, new ResultFiles(WrittenFiles.OfUser(), force), display, printed,
            usesLyricsBeside ? new WordsBeside(WrittenFiles.OfUser(), display) : null);
        var links = new LinkDownloads(services, display, request.Fresh, settings.Keep);
        var names = new LinkNames(settings.Out, plan.SelectMany(song => song.Paths));
        var piped = new PipedSongs(services, display);
        SongOutputs Named(string name, string path) =>
            SongOutputs.At(names.Of(name, start => SongOutputs.At(start, path, formats, stems).Paths), path, formats, stems);
        var tasks = SongTask.Of(songs, plan, song => song.Song, transcription.RunAsync, (song, token) => PipedSongs.IsPiped(song)
            ? piped.RunAsync(song, copy => transcription.RunAsync(Named(PipedSongs.NameOf(song), copy), token), token)
            : links.RunAsync(
                song,
                fetched => transcription.RunAsync(
                    Named(fetched.Facts.Name, fetched.Path), SongOrigin.Of(fetched.Facts), links.Working, token),
                token));
        return await new SongBatch(display).RunAsync(tasks, cancellationToken);
    }
}
