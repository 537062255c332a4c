using System.CommandLine;
using Libretto.Audio;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto separate FILE-OR-LINK...</c>: songs to their voice and their accompaniment.</summary>
internal static class SeparateCommand
{
    public const string Name = "separate";

    public static Command Create()
    {
        var songs = SongsArgument.Create();
        var model = new Option<string>("--model")
        {
            Description = "The separation model: a name of 'libretto models list' or a folder; fetched when missing.",
            HelpName = "NAME",
            DefaultValueFactory = _ => StemPipeline.DefaultModel,
        };
        var format = StemFormatOption.Create();
        var force = new Option<bool>("--force") { Description = "Replace files that Libretto did not write." };
        var fresh = FreshOption.Create();
        var track = TrackOption.Create();
        var progress = Displays.Option();
        var command = new Command(Name, "Separate songs into vocals and accompaniment: NAME.vocals and NAME.instrumental.")
        {
            songs,
            model,
        };
        var settings = new SettingOptions(command, "out", "threads", "cookies");
        var lists = new ListOptions(command);
        command.Add(format);
        command.Add(track);
        command.Add(force);
        command.Add(fresh);
        command.Add(progress);
        model.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError("The model's name is empty.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(songs),
            StemFormatOption.Read(parsed, format),
            settings.Read(parsed),
            lists.Read(parsed),
            parsed.GetValue(force),
            new StemRequest("", "", "") { Fresh = parsed.GetValue(fresh), Track = parsed.GetValue(track),
                Model = parsed.GetRequiredValue(model) },
            Displays.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] songs, AudioFormat format, LibrettoSettings settings, int? items, bool force, StemRequest request, IDisplay display,
        CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        songs = await new SongLists(services, items, settings.Keep).SongsAsync(songs, cancellationToken);
        var plan = StemOutputs.Plan(songs.Where(PipedSongs.IsFile), settings.Out, format);
        var separation = new SeparateTask(
            services.GetRequiredService<StemPipeline>(), request, new ResultFiles(WrittenFiles.OfUser(), force), display);
        var links = new LinkDownloads(services, display, request.Fresh, settings.Keep);
        var names = new LinkNames(settings.Out, plan.SelectMany(song => song.Paths));
        var piped = new PipedSongs(services, display);
        StemOutputs Named(string name, string path) =>
            StemOutputs.At(names.Of(name, start => StemOutputs.At(start, path, format).Paths), path, format);
        var tasks = SongTask.Of(songs, plan, song => song.Song, separation.RunAsync, (song, token) => PipedSongs.IsPiped(song)
            ? piped.RunAsync(song, copy => separation.RunAsync(Named(PipedSongs.NameOf(song), copy), token), token)
            : links.RunAsync(
                song, fetched => separation.RunAsync(Named(fetched.Facts.Name, fetched.Path), links.Working, token), token));
        return await new SongBatch(display).RunAsync(tasks, cancellationToken);
    }
}
