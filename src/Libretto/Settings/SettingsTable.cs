using static Libretto.Settings.SettingText;

namespace Libretto.Settings;

/// <summary>Every setting there is. A flag wins over the environment, the environment over the file, the file over the default.</summary>
public static class SettingsTable
{
    /// <summary>The rows, in the order they are shown in.</summary>
    public static IReadOnlyList<Setting<LibrettoSettings>> All { get; } =
    [
        // Before the engine, which may be one of them.
        new("hosted", null, "LIBRETTO_HOSTED", "groq and openai",
            "Engines on the network, or changes to those known, as JSON: see docs/engines.md.",
            (settings, text) => settings with { Hosted = HostedSetting.Apply(settings.Hosted, text) }),
        Key("groq-key", "GROQ_API_KEY", "A key for Groq: songs are then recognised there first."),
        Key("openai-key", "OPENAI_API_KEY", "A key for OpenAI, for '--engine openai'."),
        new("engine", "--engine", "LIBRETTO_ENGINE", "auto", "The recogniser: auto, moonshine, whisper, groq or openai.",
            (settings, text) => settings with
            {
                Engine = OneOf(text, [LibrettoSettings.Auto, "moonshine", "whisper", .. settings.Hosted.Select(engine => engine.Name)]),
            }),
        new("model", "--model", "LIBRETTO_MODEL", "the best installed", "The speech model: a name of 'libretto models list' or a folder.",
            (settings, text) => settings with { Model = NotEmpty(text) }),
        new("fetch", null, "LIBRETTO_FETCH", LibrettoSettings.FetchDefault,
            "Models fetched by themselves: default (whisper-base, 150 MB, once), small (moonshine-tiny, 22 MB, English only) or never.",
            (settings, text) => settings with { Fetch = OneOf(text, LibrettoSettings.FetchDefault, LibrettoSettings.FetchSmall,
                LibrettoSettings.FetchNever) }),
        new("language", "--language", "LIBRETTO_LANGUAGE", "auto", "The language sung: a code such as en or es, or auto.",
            (settings, text) => settings with { Language = Language(text) }),
        new("separate", "--separate", "LIBRETTO_SEPARATE", "never, but always with --stems",
            "Whether vocals are separated first, to tell where someone sings: auto, always or never.",
            (settings, text) => settings with { Separate = OneOf(text, LibrettoSettings.Auto, "always", "never") }),
        new("quality", "--quality", "LIBRETTO_QUALITY", "normal",
            "How much time a song may take: fast, normal, or best (the vocals are transcribed as well as the mix).",
            (settings, text) => settings with { Quality = OneOf(text, "fast", "normal", "best") }),
        new("aligner", "--aligner", "LIBRETTO_ALIGNER", "the installed one that fits",
            "The network that times words letter by letter (CTC): a name of 'libretto models list' or a folder.",
            (settings, text) => settings with { Aligner = NotEmpty(text) }),
        new("local", "--local", "LIBRETTO_LOCAL", "false", "Let no audio, title or lyrics leave the machine; models are still fetched.",
            (settings, text) => settings with { Local = YesOrNo(text) }),
        new("threads", "--threads", "LIBRETTO_THREADS", "one a core", "Threads to compute with, 1 to 256; 0 takes one for each core.",
            (settings, text) => settings with { Threads = Whole(text, 0, 256) }),
        new("device", null, "LIBRETTO_DEVICE", "auto",
            "What computes: cpu, cuda, or auto for the graphics card where this build can use one.",
            (settings, text) => settings with { Device = OneOf(text, LibrettoSettings.Auto, "cpu", "cuda") }),
        new("format", "--format", "LIBRETTO_FORMAT", "json,lrc", "The formats written, separated by commas.",
            (settings, text) => settings with { Formats = List(text, ',') }),
        new("out", "--out", "LIBRETTO_OUT", "the song's folder", "The folder that results go to; made when missing.",
            (settings, text) => settings with { Out = NotEmpty(text) }),
        new("cache", null, "LIBRETTO_CACHE", "the user's cache folder",
            "Libretto's own folder for models and other things that can be fetched again.",
            (settings, text) => settings with { Cache = NotEmpty(text) }),
        new("keep", null, "LIBRETTO_KEEP", "true", "Keep what was made of a song in Libretto's own folder, so that it is not made twice.",
            (settings, text) => settings with { Keep = YesOrNo(text) }),
        new("models", null, "LIBRETTO_MODELS", "none", $"Folders to look in for models first, separated by '{Path.PathSeparator}'.",
            (settings, text) => settings with { Models = List(text, Path.PathSeparator) }),
        new("store", null, "LIBRETTO_STORE", "disk",
            "Where results are kept: disk, s3://BUCKET/PREFIX or cloudinary://CLOUD/FOLDER; docs/storage.md.",
            (settings, text) => settings with { Store = NotEmpty(text) }),
        new("ffmpeg", null, "LIBRETTO_FFMPEG", "found on the path", "Path of ffmpeg, when it is not on the path.",
            (settings, text) => settings with { Ffmpeg = NotEmpty(text) }),
        new("ytdlp", null, "LIBRETTO_YTDLP", "found on the path", "Path of yt-dlp, when it is not on the path.",
            (settings, text) => settings with { YtDlp = NotEmpty(text) }),
        new("cookies", "--cookies", "LIBRETTO_COOKIES", "none", "A file of browser cookies (cookies.txt) for the sites that links lead to.",
            (settings, text) => settings with { Cookies = NotEmpty(text) }),
        new("proxy", null, "LIBRETTO_PROXY", "none", "The HTTP proxy that links are fetched through: http://USER:PASSWORD@HOST:PORT.",
            (settings, text) => settings with { Proxy = HttpProxy(text) })
        {
            IsSecret = true,
        },
        new("allow-networks", null, "LIBRETTO_ALLOW_NETWORKS", "none; all on the command line",
            "Networks that links may lead into although they are not public, as 10.0.0.0/8,192.168.1.0/24.",
            (settings, text) => settings with { AllowNetworks = List(text, ',') }),
        new("lyrics-library", null, "LIBRETTO_LYRICS_LIBRARY", "https://lrclib.net/api",
            "Where '--lyrics auto' looks songs up: LRCLIB's API or a copy of it.",
            (settings, text) => settings with { LyricsLibrary = WebAddress(text, "https://huggingface.co") }),
        new("contact", null, "LIBRETTO_CONTACT", "none",
            "Your web or mail address, named to the library that '--lyrics auto' asks, which wants one.",
            (settings, text) => settings with { Contact = ContactAddress(text) }),
        new("hub", null, "HF_ENDPOINT", "https://huggingface.co", "The Hugging Face hub that models come from, or a mirror of it.",
            (settings, text) => settings with { Hub = WebAddress(text, "https://huggingface.co") }),
        new("hub-token", null, "HF_TOKEN", "none", "A token for the hub; needed for closed repositories only.",
            (settings, text) => settings with { HubToken = NotEmpty(text) })
        {
            IsSecret = true,
        },
        new("jellyfin-key", null, "LIBRETTO_JELLYFIN_KEY", "none",
            "An API key of the server that 'libretto library --jellyfin' hands lyrics to.",
            (settings, text) => settings with { JellyfinKey = NotEmpty(text) })
        {
            IsSecret = true,
        },
    ];

    /// <summary>The key of every hosted engine that has it in this variable.</summary>
    private static Setting<LibrettoSettings> Key(string key, string variable, string description) => new(
        key, null, variable, "none", description,
        (settings, text) => settings with
        {
            Hosted = [.. settings.Hosted.Select(engine => engine.KeyVariable == variable
                ? engine with { Key = HostedSetting.Key(NotEmpty(text)) } : engine)],
        })
    {
        IsSecret = true,
    };

    private static string Language(string text) =>
        string.Equals(text.Trim(), LibrettoSettings.Auto, StringComparison.OrdinalIgnoreCase)
            ? LibrettoSettings.Auto
            : Languages.Find(text) ?? throw new FormatException(
                "give a language's tag, code or name, such as pt-BR, es or Spanish, or auto");

    /// <summary>It becomes a comment in a header.</summary>
    private static string ContactAddress(string text) =>
        text.Length is > 0 and <= 200 && text.All(c => char.IsAscii(c) && !char.IsControl(c) &&
            c is not (' ' or '(' or ')' or '\\' or '"')) && text.AsSpan().ContainsAny(':', '@')
            ? text
            : throw new FormatException("give a web address or a mail address");

    private static Uri HttpProxy(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" && uri.Host.Length > 0
            ? uri
            : throw new FormatException("give an address such as http://user:password@proxy.example:3128");
}
