using System.CommandLine;
using Libretto.Audio;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Pipeline;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto separate FILE...</c>: songs to their voice and their accompaniment.</summary>
internal static class SeparateCommand
{
    public const string Name = "separate";

    public static Command Create()
    {
        var songs = new Argument<string[]>("FILE")
        {
            Description = "Songs: any audio or video file that ffmpeg reads.",
            Arity = ArgumentArity.OneOrMore,
        };
        var model = new Option<string>("--model")
        {
            Description = "The separation model: a name of 'libretto models list' or a folder; fetched when missing.",
            HelpName = "NAME",
            DefaultValueFactory = _ => StemPipeline.DefaultModel,
        };
        var format = StemFormatOption.Create();
        var force = new Option<bool>("--force") { Description = "Replace files that Libretto did not write." };
        var fresh = FreshOption.Create();
        var progress = Displays.Option();
        var command = new Command(Name, "Part songs into voice and accompaniment: NAME.vocals and NAME.instrumental.") { songs, model };
        var settings = new SettingOptions(command, "out", "threads");
        command.Add(format);
        command.Add(force);
        command.Add(fresh);
        command.Add(progress);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(songs) ?? []).Any(string.IsNullOrWhiteSpace))
                result.AddError("A song's name is empty.");
        });
        model.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError("The model's name is empty.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(songs),
            parsed.GetRequiredValue(model),
            StemFormatOption.Read(parsed, format),
            settings.Read(parsed),
            parsed.GetValue(force),
            parsed.GetValue(fresh),
            Displays.Create(parsed.GetValue(progress)!),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] songs, string model, AudioFormat format, LibrettoSettings settings, bool force, bool fresh, IDisplay display,
        CancellationToken cancellationToken)
    {
        var plan = StemOutputs.Plan(songs, settings.Out, format);
        await using var services = new ServiceCollection().AddLibretto(settings).BuildServiceProvider();
        var separation = new SongSeparation(
            services.GetRequiredService<StemPipeline>(), model, fresh, new ResultFiles(WrittenFiles.OfUser(), force), display);
        return await new SongBatch(display).RunAsync(
            [.. plan.Select(song => new SongTask(song.Song, token => separation.RunAsync(song, token)))], cancellationToken);
    }
}
