using System.CommandLine;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
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
        var progress = Displays.Option();
        var command = new Command(Name, "Part songs into voice and accompaniment: NAME.vocals and NAME.instrumental.") { songs, model };
        var settings = new SettingOptions(command, "out", "threads", "cookies");
        command.Add(format);
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
        var plan = StemOutputs.Plan(songs.Where(song => !SongLink.LooksLikeLink(song)), settings.Out, format);
        await using var services = new ServiceCollection().AddLibretto(LinkDownloads.OpenToOwnUser(settings)).BuildServiceProvider();
        var separation = new SeparateTask(
            services.GetRequiredService<StemPipeline>(), model, fresh, new ResultFiles(WrittenFiles.OfUser(), force), display);
        var links = new LinkDownloads(services, display, fresh, settings.Keep);
        var names = new LinkNames(settings.Out, plan.SelectMany(song => song.Paths));
        var tasks = SongTask.Of(songs, plan, song => song.Song, separation.RunAsync, (link, token) => links.RunAsync(
            link,
            fetched =>
            {
                var start = names.Of(fetched.Facts.Name, start => StemOutputs.At(start, fetched.Path, format).Paths);
                return separation.RunAsync(StemOutputs.At(start, fetched.Path, format), LinkDownloads.FetchShare, token);
            },
            token));
        return await new SongBatch(display).RunAsync(tasks, cancellationToken);
    }
}
