using System.Globalization;
using Libretto.Align;
using Libretto.Audio.Activity;
using Libretto.Lyrics;
using Libretto.Lyrics.Writing;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Timing;

/// <summary>Times lyrics that are known, or finds the times they got before.</summary>
/// <param name="song">The song, in the step that aligning is.</param>
/// <param name="aligner">What listens for the words.</param>
/// <param name="source">Where the lyrics came from.</param>
internal sealed class LyricsAlignment(Song song, AlignerChoice aligner, string source)
{
    /// <summary>The source of lyrics that a user gave.</summary>
    public const string FromFile = "file";

    /// <summary>The source of words that an engine heard, but could not time.</summary>
    public const string FromEngine = "engine";

    /// <summary>Times the lyrics.</summary>
    /// <param name="lyrics">As they were given.</param>
    /// <param name="heard">What was recognised, and where the memo keeps it.</param>
    /// <param name="vocals">What is known of the vocals; null where the song was not separated.</param>
    /// <param name="language">The language sung, as an ISO 639 code.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <param name="later">
    /// How much later than the lyrics' lines say the song is, seconds: the lines then stay at their own times, moved by that. Null where
    /// they have no times, or such as are not to be believed.
    /// </param>
    /// <param name="anchors">The given words that were heard, where they were found before.</param>
    public async Task<AlignedLyrics> RunAsync(
        LyricsDocument lyrics, RecognitionResult heard, VocalStem? vocals, string language, CancellationToken cancellationToken,
        double? later = null, IReadOnlyList<Anchor>? anchors = null)
    {
        var key = song.Memo.Key(
            later is null ? "align" : "align-lines", aligner.Identity, source, LyricsFormats.Json.Write(lyrics), heard.Key,
            vocals?.Key ?? "", later is { } by ? string.Create(CultureInfo.InvariantCulture, $"{language} {by:R}") : language);
        var aligned = await song.Memo.FindAsync(key, StageJson.Default.AlignedLyrics, cancellationToken);
        if (aligned is not null)
            song.Meter.Found("the times were found in the cache");
        else
        {
            aligned = await ListenAsync(lyrics, heard.Transcript.Words, vocals, language, later, anchors, cancellationToken);
            await song.Memo.KeepAsync(key, aligned, StageJson.Default.AlignedLyrics, cancellationToken);
        }
        foreach (var notice in aligned.Fit.Notices ?? [])
            song.Notice($"The lyrics: {notice}.");
        if (aligned.Fit.Unsure && later is null)
            song.Notice(OtherScripts(lyrics, heard.Transcript.Words) is { } scripts
                ? $"The lyrics fit badly: they are written in {scripts.Given}, and what was heard in {scripts.Heard}, so that their " +
                    "words cannot be compared. They are timed by sound alone: check that they are this song's, and their times by ear."
                : $"The lyrics fit badly: {aligned.Fit.Matched:P0} of their words were recognised. Check that they are this " +
                    "song's, and their times by ear.");
        return aligned;
    }

    /// <summary>The scripts of given and heard words, where they differ.</summary>
    private static (string Given, string Heard)? OtherScripts(LyricsDocument lyrics, IReadOnlyList<LyricsWord> heard)
    {
        var (given, other) = (ScriptNames.Of(lyrics.Lines.Select(line => line.Text)), ScriptNames.Of(heard.Select(word => word.Text)));
        return given is null || other is null || given == other ? null : (given, other);
    }

    private async Task<AlignedLyrics> ListenAsync(
        LyricsDocument lyrics, IReadOnlyList<LyricsWord> recognized, VocalStem? vocals, string language, double? later,
        IReadOnlyList<Anchor>? anchors, CancellationToken cancellationToken)
    {
        var audio = await song.SpeechAsync(null, cancellationToken);
        var activity = vocals?.Singing ?? await Task.Run(() => ActivityDetector.Detect(audio, null, cancellationToken), cancellationToken);
        var sung = new SungAudio(song.Encoded, activity)
        {
            Singing = vocals?.Singing,
            Voice = vocals is null ? null : await vocals.SpeechAsync(cancellationToken),
        };
        return await aligner.Aligner.AlignAsync(
            sung, lyrics, source, recognized, language, song.Meter.Step(), cancellationToken, later: later, anchors: anchors);
    }
}
