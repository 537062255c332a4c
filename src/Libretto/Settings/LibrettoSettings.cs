using System.Globalization;
using System.Text;

namespace Libretto.Settings;

/// <summary>
/// What a user can set once for every song. <see cref="SettingsReader"/> fills it from flags, environment and file;
/// <see cref="SettingsTable"/> lists every setting. A program may also fill it by hand.
/// </summary>
public sealed record LibrettoSettings
{
    /// <summary>The value of <see cref="Engine"/> and <see cref="Language"/> that leaves the choice to Libretto.</summary>
    public const string Auto = "auto";

    /// <summary>Values of <see cref="Fetch"/>.</summary>
    public const string FetchDefault = "default", FetchSmall = "small", FetchNever = "never";

    /// <summary>
    /// The recogniser: <c>auto</c> (the default), <c>moonshine</c>, <c>whisper</c> or the name of one of <see cref="Hosted"/>.
    /// </summary>
    public string Engine { get; init; } = Auto;

    /// <summary>Engines on the network, in the order they are asked in; Groq and OpenAI, without their keys, by default.</summary>
    public IReadOnlyList<HostedEngine> Hosted { get; init; } = HostedEngine.Known;

    /// <summary>The model the engine uses: a name of the catalogue or a folder; null (the default) takes the best one installed.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// What is fetched by itself when a song needs a model and none is installed: <c>default</c> (the default) takes whisper-base and
    /// spleeter-2stems, <c>small</c> only what is named and else the small model for English, <c>never</c> nothing.
    /// </summary>
    public string Fetch { get; init; } = FetchDefault;

    /// <summary>The language sung, as an ISO 639-1 code; <c>auto</c> (the default) when it is to be found out.</summary>
    public string Language { get; init; } = Auto;

    /// <summary>
    /// Whether the voice is separated before words are timed: <c>auto</c>, <c>always</c> or <c>never</c>; null (the default) means
    /// never, or always where stems are asked for.
    /// </summary>
    public string? Separate { get; init; }

    /// <summary>How much time a song may take: <c>fast</c>, <c>normal</c> (the default) or <c>best</c>.</summary>
    public string Quality { get; init; } = "normal";

    /// <summary>
    /// A network that times words letter by letter: a model's name or folder; null (the default) takes the catalogue's, where it is
    /// installed.
    /// </summary>
    public string? Aligner { get; init; }

    /// <summary>True when no audio, title or lyrics may leave the machine. Models are still fetched. False by default.</summary>
    public bool Local { get; init; }

    /// <summary>Threads a network computes with, 0 to 256; 0 (the default) takes one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// What computes the networks: <c>cpu</c>, <c>cuda</c> or <c>auto</c> (the default), which takes the graphics card where this
    /// build and this machine can use one.
    /// </summary>
    public string Device { get; init; } = Auto;

    /// <summary>The formats written, by name; <c>json</c> and <c>lrc</c> by default.</summary>
    public IReadOnlyList<string> Formats { get; init; } = ["json", "lrc"];

    /// <summary>The folder that results go to; null (the default) is the song's own.</summary>
    public string? Out { get; init; }

    /// <summary>Libretto's own folder for what can be fetched again; null (the default) is the user's cache folder.</summary>
    public string? Cache { get; init; }

    /// <summary>
    /// Whether what was made of a song (words, times, stems) is kept in <see cref="Cache"/>, so that nothing is made twice; true by
    /// default.
    /// </summary>
    public bool Keep { get; init; } = true;

    /// <summary>
    /// Where results and what stages made are kept: <c>disk</c>, <c>s3://BUCKET/PREFIX</c> or <c>cloudinary://CLOUD/FOLDER</c>; null (the
    /// default) means the disk.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>Folders to look in for models before the cache; none by default.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Path of ffmpeg; null (the default) searches the path.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Path of yt-dlp; null (the default) searches the path.</summary>
    public string? YtDlp { get; init; }

    /// <summary>A file of browser cookies, in the Netscape format, for the sites that links lead to; null by default.</summary>
    public string? Cookies { get; init; }

    /// <summary>The HTTP proxy that links are fetched through; null (the default) fetches directly.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Networks that links may lead into although they are not public, in CIDR notation; none by default.</summary>
    public IReadOnlyList<string> AllowNetworks { get; init; } = [];

    /// <summary>
    /// Where lyrics are looked up when asked for: LRCLIB's API, or a copy of it; <c>https://lrclib.net/api</c> by default.
    /// </summary>
    public Uri LyricsLibrary { get; init; } = new("https://lrclib.net/api/");

    /// <summary>
    /// A web or mail address where whoever runs Libretto can be reached, for the libraries of lyrics that it asks; null (the default) names
    /// none.
    /// </summary>
    public string? Contact { get; init; }

    /// <summary>The Hugging Face hub that models come from, or a mirror; <c>https://huggingface.co</c> by default.</summary>
    public Uri Hub { get; init; } = new("https://huggingface.co/");

    /// <summary>A token for the hub; null by default.</summary>
    public string? HubToken { get; init; }

    /// <summary>An API key of the Jellyfin server that lyrics are handed to; null by default.</summary>
    public string? JellyfinKey { get; init; }

    /// <summary>Keeps the token out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Engine = {Engine}, Model = {Model}, Language = {Language}, Local = {Local}");
        return true;
    }
}
