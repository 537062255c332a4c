using System.CommandLine;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Cli.Commands.Options;
using Libretto.Cli.Results;
using Libretto.Cli.Songs;
using Libretto.Library;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto publish SONG</c>: gives a song's lyrics to LRCLIB, after showing what will be sent.</summary>
internal static class PublishCommand
{
    public const string Name = "publish";

    public static Command Create()
    {
        var song = new Argument<string>("SONG") { Description = "The song; its lyrics lie beside it or in its tags." };
        var lyrics = new Option<string>("--lyrics") { Description = "The lyrics, where they lie elsewhere.", HelpName = "FILE" };
        var title = new Option<string>("--title") { Description = "The title, where the tags do not say.", HelpName = "TEXT" };
        var artist = new Option<string>("--artist") { Description = "The artist, where the tags do not say.", HelpName = "TEXT" };
        var album = new Option<string>("--album") { Description = "The album, where the tags do not say.", HelpName = "TEXT" };
        var yes = new Option<bool>("--yes") { Description = "Send what is shown without asking." };
        var command = new Command(Name, "Give the lyrics of one song to LRCLIB, after showing what will be sent.")
        {
            song, lyrics, title, artist, album, yes,
        };
        var settings = new SettingOptions(command, "local");
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(song), parsed.GetValue(lyrics), parsed.GetValue(title), parsed.GetValue(artist), parsed.GetValue(album),
            parsed.GetValue(yes), settings.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string song, string? lyrics, string? title, string? artist, string? album, bool isAgreed, LibrettoSettings settings,
        CancellationToken cancellationToken)
    {
        if (settings.Local)
            throw InputException.NothingLeaves("Publishing");
        await using var services = new ServiceCollection().AddLibretto(settings).BuildServiceProvider();
        var info = await services.GetRequiredService<AudioDecoder>().ProbeAsync(song, cancellationToken);
        var document = lyrics is null
            ? LyricsBeside.Find(song)?.Lyrics.Document ?? throw InputException.NoLyrics(song)
            : (await LyricsFile.ReadWordsAsync(lyrics, cancellationToken)).Document;
        var published = new PublishedLyrics(
            title ?? info.Tag("title") ?? throw InputException.Unnamed(song, "title"),
            artist ?? info.Tag("artist") ?? throw InputException.Unnamed(song, "artist"),
            album ?? info.Tag("album") ?? throw InputException.Unnamed(song, "album"),
            info.Duration ?? document.Duration,
            document);

        var publisher = services.GetRequiredService<LyricsPublisher>();
        Console.Out.WriteLine($"This will be sent to {publisher.Host}, where everyone can read it:");
        Console.Out.WriteLine(published.Preview());
        if (!isAgreed && !Agrees())
        {
            Console.Error.WriteLine("Nothing was sent. --yes sends it without asking.");
            return ExitCodes.Usage;
        }
        await publisher.PublishAsync(published, cancellationToken);
        Console.Error.WriteLine($"{song}: published at {publisher.Host}");
        return ExitCodes.Done;
    }

    private static bool Agrees()
    {
        if (Console.IsInputRedirected)
            return false;
        Console.Error.Write("Send it? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
