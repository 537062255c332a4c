using System.Text.Json;
using Libretto.Align.Ctc;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Settings;
using Libretto.Speech.Ctc;

namespace Libretto.Pipeline.Timing;

/// <summary>
/// Times words letter by letter where a network for that is at hand: the one that was named, else the catalogue's for the language if
/// it is installed. It is never fetched by itself.
/// </summary>
internal sealed class CtcAlignment(ModelStore models, OnnxSessions sessions, LibrettoSettings settings)
{
    /// <summary>What <c>method.alignment</c> says of such times.</summary>
    public const string Method = "ctc";

    /// <summary>Makes sure that the network that was named, if one was, is there.</summary>
    /// <exception cref="PipelineException">It is not.</exception>
    public void RequireNamed() => Named();

    private string? Named() => settings.Aligner is { } name ? models.Find(name) ?? throw PipelineException.AlignerMissing(name) : null;

    /// <summary>The folder of the network for a language; null when there is none.</summary>
    /// <param name="language">An ISO 639 code.</param>
    public string? Find(string language) => Named()
        ?? ModelCatalogue.All.Where(entry => entry.Kind == ModelKind.Ctc && entry.Languages.Contains(language))
            .Select(entry => models.Find(entry.Name)).FirstOrDefault(folder => folder is not null);

    /// <summary>Times words anew, or finds the times they got before.</summary>
    /// <param name="song">The song, in the step that aligning is.</param>
    /// <param name="folder">The network's folder.</param>
    /// <param name="words">Words with times of which none is far off.</param>
    /// <param name="lineStarts">Indexes of the words that begin a line.</param>
    /// <param name="vocals">What is known of the vocals; null where the song was not separated.</param>
    /// <param name="language">The language sung.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <returns>As many words.</returns>
    public async Task<IReadOnlyList<LyricsWord>> RunAsync(
        Song song, string folder, IReadOnlyList<LyricsWord> words, IReadOnlySet<int> lineStarts, VocalStem? vocals, string language,
        CancellationToken cancellationToken)
    {
        if (words.Count == 0)
            return words;
        var given = JsonSerializer.Serialize(words, StageJson.Default.IReadOnlyListLyricsWord);
        var parting = new SyllableSplitters(models).Installed(language);
        var key = song.Memo.Key("align-ctc", "syllables", $"{parting.HasPatterns}", ModelIdentity.Of(folder), given,
            string.Join(' ', lineStarts.Order()), vocals?.Key ?? "", language);
        if (await song.Memo.FindAsync(key, StageJson.Default.IReadOnlyListLyricsWord, cancellationToken) is { } known &&
            known.Count == words.Count)
        {
            song.Meter.Found("the times were found in the cache");
            return known;
        }
        var audio = vocals is null ? await song.SpeechAsync(null, cancellationToken) : await vocals.SpeechAsync(cancellationToken);
        var timed = await Task.Run(
            () => new CtcAligner(CtcNetwork.Load(folder, sessions), language, parting.Split).AlignSong(
                audio, words, vocals?.Singing ?? [], lineStarts, song.Meter.Step(), cancellationToken),
            cancellationToken);
        await song.Memo.KeepAsync(key, timed, StageJson.Default.IReadOnlyListLyricsWord, cancellationToken);
        return timed;
    }
}
