using System.CommandLine;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto transcribe FILE-OR-LINK...</c>: songs to lyrics; <c>libretto align FILE</c>: the same for lyrics that are known.</summary>
internal static class TranscribeCommand
{
    public const string Name = "transcribe";
    public const string AlignName = "align";

    public static Command Create() => Create(Name, "Turn songs into word-timed lyrics.", lyricsNeeded: false);

    public static Command CreateAlign() => Create(AlignName, "Time lyrics that you have: transcribe with --lyrics.", lyricsNeeded: true);

    private static Command Create(string name, string description, bool lyricsNeeded)
    {
        var songs = new Argument<string[]>("FILE")
        {
            Description = "Songs: any audio or video file that ffmpeg reads, or links to them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var print = new Option<string>("--stdout") { Description = "Print the lyrics of one song in this format and write no files.", HelpName = "FORMAT" };
        var force = new Option<bool>("--force") { Description = "Replace files that Libretto did not write." };
        var fresh = FreshOption.Create();
        var progress = Displays.Option();
        var command = new Command(name, description) { songs };
        var settings = new SettingOptions(command, "format", "out", "language", "engine", "model", "separate", "quality", "aligner", "local", "threads", "cookies");
        var stems = new Option<bool>("--stems") { Description = "Write voice and accompaniment too: NAME.vocals and NAME.instrumental." };
        var stemFormat = StemFormatOption.Create();
        command.Add(stems);
        command.Add(stemFormat);
        var recognition = new RecognitionOptions(command, lyricsNeeded);
        command.Add(print);
        command.Add(force);
        command.Add(fresh);
        command.Add(progress);
        command.Validators.Add(result =>
        {
            var files = result.GetValue(songs) ?? [];
            if (files.Any(string.IsNullOrWhiteSpace))
                result.AddError("A song's name is empty.");
            foreach (var file in files.Where(file => file.StartsWith('-') && !File.Exists(file)))
                result.AddError($"There is no option '{file}'.");
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
            recognition.Apply(new SongRequest("") { Fresh = parsed.GetValue(fresh) }, parsed),
            recognition.LyricsFile(parsed),
            settings.Read(parsed),
            parsed.GetValue(stems) ? StemFormatOption.Read(parsed, stemFormat) : null,
            parsed.GetValue(print),
            parsed.GetValue(force),
            Displays.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] songs, SongRequest request, string? lyrics, LibrettoSettings settings, AudioFormat? stems, string? print, bool force,
        IDisplay display, CancellationToken cancellationToken)
    {
        if (lyrics is not null)
            request = request with { Lyrics = await LyricsFile.ReadAsync(lyrics, cancellationToken) };
        var printed = print is null ? null : LyricsFormats.Named(print);
        var formats = printed is null ? settings.Formats.Select(LyricsFormats.Named).Distinct().ToList() : [];
        var plan = SongOutputs.Plan(songs.Where(song => !SongLink.LooksLikeLink(song)), settings.Out, formats, stems);

        await using var services = new ServiceCollection().AddLibretto(OpenToOwnUser(settings)).BuildServiceProvider();
        var transcription = new SongTranscription(
            services.GetRequiredService<SongPipeline>(), request, new ResultFiles(WrittenFiles.OfUser(), force), display, printed);
        var links = new Lazy<LinkTranscription>(() => new LinkTranscription(
            services.GetRequiredService<LinkFetch>(), services.GetRequiredService<ProcessFolder>(), transcription, display, request.Fresh, settings.Keep,
            new LinkOutputs(settings.Out, formats, stems, plan.SelectMany(song => song.Paths))));
        // In the order given; a file named twice is one song.
        var tasks = songs.Distinct().Select(song => SongLink.LooksLikeLink(song)
            ? new SongTask(song, token => links.Value.RunAsync(song, token))
            : plan.FirstOrDefault(planned => planned.Song == song) is { } file ? new SongTask(song, token => transcription.RunAsync(file, token)) : null);
        return await new SongBatch(display).RunAsync([.. tasks.OfType<SongTask>()], cancellationToken);
    }

    /// <summary>Who works at this machine may reach what it reaches, unless told otherwise.</summary>
    private static LibrettoSettings OpenToOwnUser(LibrettoSettings settings) =>
        settings.AllowNetworks.Count > 0 ? settings : settings with { AllowNetworks = NetworkGuard.Everything };
}
