using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Karaoke.Html;

/// <summary>A song's sounds, each a file of Opus in Ogg.</summary>
/// <param name="Main">The recording; the accompaniment where the voice is apart.</param>
/// <param name="Vocals">The voice; null where it is not known apart.</param>
public sealed record PageSounds(string Main, string? Vocals = null);

/// <summary>
/// Puts a song into one HTML file: the player's own markup, styles and scripts, and the sounds in base64. The file asks nothing of any
/// server; its own content security policy holds it to that.
/// </summary>
public static partial class KaraokePage
{
    // In the order in which they need each other; offline.js comes last and starts.
    private static readonly string[] s_scripts =
        ["shifter", "mixer", "pauses", "fill", "stage", "waveform", "awake", "kept", "fullscreen", "player", "offline"];
    private static readonly string[] s_styles = ["type", "player", "karaoke", "offline"];

    /// <summary>Writes the file.</summary>
    /// <param name="song">The song; its addresses are of no meaning here.</param>
    /// <param name="waveform">Its shape.</param>
    /// <param name="sounds">Its sounds.</param>
    /// <param name="output">Where to; UTF-8.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task WriteAsync(PlayerSong song, Waveform waveform, PageSounds sounds, Stream output,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        ArgumentNullException.ThrowIfNull(output);
        var shape = JsonSerializer.SerializeToUtf8Bytes(waveform, WaveformJson.Default.Waveform);
        // The script gives the player their addresses.
        var stem = sounds.Vocals is null ? null : "";
        var shown = song with
        {
            Mix = "", Vocals = stem, Instrumental = stem, Waveform = "data:application/json;base64," + Convert.ToBase64String(shape),
        };
        await using var text = new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        await text.WriteAsync(Head(song, await RenderAsync(shown)).AsMemory(), cancellationToken);
        await WriteSoundAsync(text, "sound", sounds.Main, cancellationToken);
        if (sounds.Vocals is { } vocals)
            await WriteSoundAsync(text, "vocals", vocals, cancellationToken);
        await text.WriteAsync(Tail().AsMemory(), cancellationToken);
    }

    private static async Task<string> RenderAsync(PlayerSong song)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<KaraokePlayer>(
                ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(KaraokePlayer.Song)] = song }))).ToHtmlString());
    }

    private static async Task WriteSoundAsync(StreamWriter text, string id, string path, CancellationToken cancellationToken)
    {
        await text.WriteAsync($"<script id=\"{id}\" type=\"text/plain\">".AsMemory(), cancellationToken);
        await using var file = File.OpenRead(path);
        // Whole threes of bytes, so that the pieces are one text in base64.
        var buffer = new byte[3 << 16];
        int count;
        while ((count = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
            await text.WriteAsync(Convert.ToBase64String(buffer, 0, count).AsMemory(), cancellationToken);
        await text.WriteAsync("</script>\n".AsMemory(), cancellationToken);
    }

    private static string Head(PlayerSong song, string player)
    {
        var style = string.Join('\n', s_styles.Select(name => WithFonts(PlayerAssets.Text($"css/{name}.css"))));
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script())));
        var title = WebUtility.HtmlEncode(string.IsNullOrEmpty(song.Title) ? "A song" : song.Title);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Libretto">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-{hash}' 'strict-dynamic';
                style-src 'unsafe-inline'; media-src blob:; font-src data:; connect-src data: blob:;
                base-uri 'none'; form-action 'none'">
            <title>{title}</title>
            <style>{style}</style>
            </head>
            <body>
            <main><h1 dir="auto">{title}</h1><p class="muted" dir="auto">{WebUtility.HtmlEncode(song.Artist)}</p>
            {player}
            </main>

            """;
    }

    private static string Tail() => $"""
        <!-- SoundTouchJS, Mozilla Public License 2.0: https://www.npmjs.com/package/@soundtouchjs/audio-worklet -->
        <script id="worklet" type="text/plain">{PlayerAssets.Text("vendor/soundtouch/soundtouch-processor.js")}</script>
        <script type="module">{Script()}</script>
        </body>
        </html>

        """;

    private static string Script() => string.Join('\n', s_scripts.Select(name => Unmodule(PlayerAssets.Text($"js/{name}.js"))));

    /// <summary>A module's text for a place where the others stand beside it: without imports and exports.</summary>
    private static string Unmodule(string script) => Export().Replace(Import().Replace(script, ""), "");

    /// <summary>The main faces put into the style itself; what would have to be fetched is left out.</summary>
    private static string WithFonts(string style) => FontFace().Replace(style, face =>
    {
        var name = face.Groups["name"].Value;
        return name.Contains("-ext-", StringComparison.Ordinal)
            ? ""
            : face.Value.Replace($"../{name}", $"data:font/woff2;base64,{Convert.ToBase64String(PlayerAssets.Bytes(name))}",
                StringComparison.Ordinal);
    });

    [GeneratedRegex(@"^import .*;\r?\n", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"^export (?=class|function|const|async)", RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"@font-face [^}]*url\(\.\./(?<name>[^)]*)\)[^}]*\}")]
    private static partial Regex FontFace();
}
