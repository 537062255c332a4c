using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Audio;
using Libretto.Pipeline;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Player;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Web.Export;

/// <summary>
/// Puts a song into one HTML file: the player's own markup, styles and scripts, and the sound as Opus in base64. The file asks
/// nothing of any server; its own content security policy holds it to that.
/// </summary>
internal sealed partial class KaraokeFile(
    IServiceProvider services, ILoggerFactory logs, IContentStore store, AudioDecoder decoder, AudioEncoder encoder, Waveforms waveforms, TemporaryFolder folder)
{
    private const int SampleRate = 48000;

    // In the order in which they need each other; offline.js comes last and starts.
    private static readonly string[] s_scripts = ["shifter", "mixer", "stage", "waveform", "player", "offline"];
    private static readonly string[] s_styles = ["type", "player", "offline"];

    public async Task<string> MakeAsync(Job job, string sound, CancellationToken ct)
    {
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job.DocumentKey is null)
            throw new ApiProblem(409, "not_ready", "The song has no words yet.");
        var key = sound switch
        {
            "mix" => job.InputKey,
            "instrumental" => job.InstrumentalKey ?? throw new ApiProblem(404, "audio_missing", "This job has no instrumental. Ask for stems when posting the song."),
            _ => throw new ApiProblem(404, "audio_unknown", "There are mix and instrumental."),
        };
        var document = await LyricsApi.ReadAsync(job.DocumentKey, store, ct);
        var shape = JsonSerializer.SerializeToUtf8Bytes(await waveforms.OfAsync(job, ct), WaveformJson.Default.Waveform);
        var song = PlayerSong.Of(job, document, "") with
        {
            Mix = "", Vocals = null, Instrumental = null, Waveform = "data:application/json;base64," + Convert.ToBase64String(shape),
        };
        return Compose(song, await RenderAsync(song), await SoundAsync(key!, sound == "mix" ? job.Options.Track : null, ct));
    }

    private async Task<string> RenderAsync(PlayerSong song)
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<KaraokePlayer>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(KaraokePlayer.Song)] = song }))).ToHtmlString());
    }

    /// <summary>A recording as Opus in base64; made once, then found in the store.</summary>
    private async Task<string> SoundAsync(string key, int? track, CancellationToken ct)
    {
        var packedKey = track is { } chosen
            ? ContentKey.Of("opus", "1", key, chosen.ToString(CultureInfo.InvariantCulture))
            : ContentKey.Of("opus", "1", key);
        if (await store.OpenAsync(packedKey, ct) is not { } reading)
        {
            await PackAsync(key, track, packedKey, ct);
            reading = await store.OpenAsync(packedKey, ct) ?? throw LyricsApi.Expired();
        }
        await using (reading)
        {
            using var bytes = new MemoryStream();
            await reading.Stream.CopyToAsync(bytes, ct);
            return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
    }

    private async Task PackAsync(string key, int? track, string packedKey, CancellationToken ct)
    {
        var (input, output) = (folder.NewFile(), folder.NewFile());
        try
        {
            if (!await store.CopyToFileAsync(key, input, ct))
                throw LyricsApi.Expired();
            using var audio = await decoder.DecodeAsync(await decoder.ProbeAsync(input, track, ct), SampleRate, 2, cancellationToken: ct);
            await encoder.EncodeAsync(audio, output, AudioFormat.Opus, cancellationToken: ct);
            await using var packed = File.OpenRead(output);
            await store.PutAsync(packedKey, packed, new ContentDescription("audio/ogg"), ct);
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }

    private static string Compose(PlayerSong song, string player, string sound)
    {
        var script = string.Join('\n', s_scripts.Select(name => Unmodule(PageAssets.Text($"js/{name}.js"))));
        var style = string.Join('\n', s_styles.Select(name => WithFonts(PageAssets.Text($"css/{name}.css"))));
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        var title = System.Net.WebUtility.HtmlEncode(song.Title ?? "A song");
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Libretto">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-{hash}' 'strict-dynamic'; style-src 'unsafe-inline'; media-src blob:; font-src data:; connect-src data:; base-uri 'none'; form-action 'none'">
            <title>{title}</title>
            <style>{style}</style>
            </head>
            <body>
            <main><h1 dir="auto">{title}</h1><p class="muted" dir="auto">{System.Net.WebUtility.HtmlEncode(song.Artist)}</p>
            {player}
            </main>
            <script id="sound" type="text/plain">{sound}</script>
            <!-- SoundTouchJS, Mozilla Public License 2.0: https://www.npmjs.com/package/@soundtouchjs/audio-worklet -->
            <script id="worklet" type="text/plain">{PageAssets.Text("vendor/soundtouch/soundtouch-processor.js")}</script>
            <script type="module">{script}</script>
            </body>
            </html>

            """;
    }

    /// <summary>A module's text for a place where the others stand beside it: without imports and exports.</summary>
    private static string Unmodule(string script) => Export().Replace(Import().Replace(script, ""), "");

    /// <summary>The main faces put into the style itself; what would have to be fetched is left out.</summary>
    private static string WithFonts(string style) => FontFace().Replace(style, face =>
    {
        var name = face.Groups["name"].Value;
        return name.Contains("-ext-", StringComparison.Ordinal)
            ? ""
            : face.Value.Replace($"../{name}", $"data:font/woff2;base64,{Convert.ToBase64String(PageAssets.Bytes(name))}", StringComparison.Ordinal);
    });

    [GeneratedRegex(@"^import .*;\r?\n", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"^export (?=class|function|const|async)", RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"@font-face [^}]*url\(\.\./(?<name>[^)]*)\)[^}]*\}")]
    private static partial Regex FontFace();
}
