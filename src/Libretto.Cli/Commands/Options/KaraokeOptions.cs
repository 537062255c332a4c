using System.CommandLine;
using System.Text.RegularExpressions;
using Libretto.Karaoke.Video;
using Libretto.Pipeline.Exports;

namespace Libretto.Cli.Commands.Options;

/// <summary>What karaoke is made as, what is heard in it, and how a video looks.</summary>
internal sealed partial class KaraokeOptions
{
    private readonly Option<string> _kinds = new("--as")
    {
        Description = "What to make, comma-separated: html, mp4, cdg (MP3+G in a ZIP), ultrastar (a folder).",
        HelpName = "LIST",
        DefaultValueFactory = _ => "html,mp4",
    };

    private readonly Option<string> _audio = new("--audio")
    {
        Description = "The audio: instrumental, mix (the song as it is), or guide (with quiet vocals).",
        HelpName = "MODE",
        DefaultValueFactory = _ => "instrumental",
    };

    private readonly Option<int> _resolution = new("--resolution")
    {
        Description = "Rows of the video: 720 or 1080.",
        HelpName = "ROWS",
        DefaultValueFactory = _ => 720,
    };

    private readonly Option<string> _background = new("--background")
    {
        Description = "What stands behind the words of a video: cover (the file's, blurred; else a gradient), gradient, a colour as " +
            "#rrggbb, a picture, or a video.",
        HelpName = "WHAT",
        DefaultValueFactory = _ => "cover",
    };

    private readonly Option<string> _style = new("--ass-style")
    {
        Description = "An .ass file whose styles (Voice1, Voice2, Both, Background, Below, Title, Artist, or Default) the video takes.",
        HelpName = "FILE",
    };

    public KaraokeOptions(Command command)
    {
        _kinds.Validators.Add(result =>
        {
            foreach (var name in Names(result.GetValue(_kinds)).Where(name => !TryKind(name, out _)))
                result.AddError($"'{name}' is no value for --as: choose from html, mp4, cdg, ultrastar.");
            if (Names(result.GetValue(_kinds)).Length == 0)
                result.AddError("--as names nothing: choose from html, mp4, cdg, ultrastar.");
        });
        _audio.Validators.Add(result =>
        {
            if (!Enum.TryParse<KaraokeAudio>(result.GetValue(_audio), ignoreCase: true, out _))
                result.AddError($"'{result.GetValue(_audio)}' is no value for --audio: choose instrumental, mix or guide.");
        });
        _resolution.Validators.Add(result =>
        {
            if (result.GetValue(_resolution) is not (720 or 1080))
                result.AddError("--resolution takes 720 or 1080.");
        });
        _background.Validators.Add(result =>
        {
            if (result.GetValue(_background) is { } what && what is not ("cover" or "gradient") && !Color().IsMatch(what) &&
                !File.Exists(what))
                result.AddError($"'{what}' is no value for --background: there is no such file, and it is not cover, gradient or a " +
                    $"colour such as #203040.");
        });
        foreach (var option in (Option[])[_kinds, _audio, _resolution, _background, _style])
            command.Add(option);
    }

    /// <summary>What is to be made, each once, in the order given.</summary>
    public IReadOnlyList<KaraokeKind> Kinds(ParseResult parsed) =>
        [.. Names(parsed.GetValue(_kinds)).Select(name => TryKind(name, out var kind) ? kind : default).Distinct()];

    /// <summary>The request with what the command line asks for.</summary>
    public KaraokeRequest Apply(KaraokeRequest request, ParseResult parsed) => request with
    {
        Audio = Enum.Parse<KaraokeAudio>(parsed.GetValue(_audio)!, ignoreCase: true),
        Video = VideoOf(parsed),
    };

    private VideoOptions VideoOf(ParseResult parsed)
    {
        var what = parsed.GetValue(_background)!;
        var options = new VideoOptions { Height = parsed.GetValue(_resolution), StyleFile = parsed.GetValue(_style) };
        return what switch
        {
            "cover" => options,
            "gradient" => options with { Background = VideoBackgroundKind.Gradient },
            _ when Color().IsMatch(what) => options with { Background = VideoBackgroundKind.Color, Color = what },
            _ => options with { Background = VideoBackgroundKind.File, File = what },
        };
    }

    private static string[] Names(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TryKind(string name, out KaraokeKind kind) => Enum.TryParse(name, ignoreCase: true, out kind) &&
        Enum.IsDefined(kind) && !char.IsDigit(name[0]);

    [GeneratedRegex("^#[0-9A-Fa-f]{6}$")]
    private static partial Regex Color();
}
