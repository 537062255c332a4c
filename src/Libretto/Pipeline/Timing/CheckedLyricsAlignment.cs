using System.Globalization;
using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Timing;

/// <summary>
/// Times lyrics whose lines may have times already: lines keep them where they are found to be this recording's. Lyrics that only lay with
/// the song may be found to be another's.
/// </summary>
/// <param name="song">The song, in the step that aligning is.</param>
/// <param name="aligner">What can listen for the words; null when nothing here can.</param>
/// <param name="mayBeAnothers">Whether nobody said that the words are this song's.</param>
internal sealed class CheckedLyricsAlignment(Song song, AlignerChoice? aligner, bool mayBeAnothers)
{
    /// <summary>Compares them with what was heard, and times them.</summary>
    /// <param name="lyrics">The lyrics.</param>
    /// <param name="heard">What was recognised, and where the memo keeps it.</param>
    /// <param name="vocals">What is known of the vocals; null where the song was not separated.</param>
    /// <param name="language">The language sung, as an ISO 639 code.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <returns>The lyrics with their times; null when they are another song's.</returns>
    public async Task<TimingResult?> RunAsync(
        LyricsDocument lyrics, RecognitionResult heard, VocalStem? vocals, string language, CancellationToken cancellationToken)
    {
        var compared = await Task.Run(
            () => new SyncedLyrics(lyrics, heard.Transcript.Words, cancellationToken), cancellationToken);
        var share = string.Create(CultureInfo.InvariantCulture, $"{100 * compared.Matched:F0} % of their words were heard");
        if (mayBeAnothers && compared.AreAnothers)
        {
            song.Notice(
                $"The lyrics that lie with the song are another's ({share}), so they are not used. Remove them, or put them right.");
            return null;
        }
        if (!compared.TimesMayServe)
        {
            if (lyrics.IsTimed)
                song.Notice($"The times of the given lines do not fit the recording and are not used ({share}).");
            var words = new LyricsAlignment(song, aligner ?? throw PipelineException.LyricsNeedWhisper(), LyricsAlignment.FromFile);
            return new TimingResult(
                await words.RunAsync(lyrics, heard, vocals, language, cancellationToken, anchors: compared.Anchors), "attention",
                IsSupplied: true);
        }
        song.Notice(string.Create(
            CultureInfo.InvariantCulture,
            $"The lines keep their own times{(compared.Later == 0 ? "" : $", moved by {compared.Later:+0.0;-0.0} s as a whole")}: {share}" +
            $"{(compared.TimesFit ? "" : ", too few to be sure that they are this song's. Check by ear")}."));
        if (aligner is null)
            return new TimingResult(
                compared.ToAligned(LyricsAlignment.FromFile, heard.Transcript.Duration, keepsLines: true), "synced", IsSupplied: true);
        var alignment = new LyricsAlignment(song, aligner, LyricsAlignment.FromFile);
        var aligned = await alignment.RunAsync(lyrics, heard, vocals, language, cancellationToken, compared.Later, compared.Anchors);
        return new TimingResult(aligned with { Fit = aligned.Fit with { Unsure = !compared.TimesFit } }, "synced", IsSupplied: true);
    }
}
