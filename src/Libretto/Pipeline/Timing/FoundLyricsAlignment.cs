using System.Globalization;
using Libretto.Acquire;
using Libretto.Align;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Timing;

/// <summary>Makes use of lyrics that were looked up, as far as they are found to be those that are sung.</summary>
/// <param name="song">The song, in the step that aligning is.</param>
/// <param name="aligner">What can listen for the words; null when nothing here can.</param>
internal sealed class FoundLyricsAlignment(Song song, AlignerChoice? aligner)
{
    /// <summary>Compares them with what was heard, and times them.</summary>
    /// <param name="found">The lyrics.</param>
    /// <param name="heard">What was recognised, and where the memo keeps it.</param>
    /// <param name="vocals">What is known of the vocals; null where the song was not separated.</param>
    /// <param name="language">The language sung, as an ISO 639 code.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <returns>The lyrics with their times; null when they are of no use.</returns>
    public async Task<TimingResult?> RunAsync(
        FoundLyrics found, RecognitionResult heard, VocalStem? vocals, string language, CancellationToken cancellationToken)
    {
        var compared = await Task.Run(
            () => new SyncedLyrics(found.Lyrics, heard.Transcript.Words, cancellationToken), cancellationToken);
        var which = string.Create(CultureInfo.InvariantCulture, $"The lyrics of '{found.Title}' by {found.Artist} that were found");
        var share = string.Create(CultureInfo.InvariantCulture, $"{100 * compared.Matched:F0} % of their words were heard");
        if (!compared.WordsFit)
        {
            song.Notice($"{which} do not fit what is sung ({share}), so they are not used.");
            return null;
        }
        if (found.IsSynced && compared.TimesFit)
        {
            song.Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"{which} are used with their times, moved by {compared.Offset:+0.0;-0.0;0.0} s: {share}, {100 * compared.Agreement:F0} " +
                $"% of those in time."));
            // Words within their lines: a hosted engine's times are trusted, others are listened for once more.
            if (aligner is not null && !heard.Engine.Transcriber.TimesAreTrusted)
                return new TimingResult(
                    await new LyricsAlignment(song, aligner, LyricsLookup.Source)
                        .RunAsync(found.Lyrics, heard, vocals, language, cancellationToken, compared.Later, compared.Anchors),
                    "synced", IsSupplied: true);
            return new TimingResult(compared.ToAligned(LyricsLookup.Source, heard.Transcript.Duration), "synced", IsSupplied: true);
        }
        if (aligner is null)
        {
            song.Notice(
                $"{which} fit ({share}), but {(found.IsSynced ? "their times do not" : "have no times")}. " +
                "Aligning them takes a Whisper model: libretto models pull whisper-base");
            return null;
        }
        song.Notice($"{which} are used{(found.IsSynced ? ", but not their times, which do not fit" : "")}: {share}.");
        var alignment = new LyricsAlignment(song, aligner, LyricsLookup.Source);
        return new TimingResult(
            await alignment.RunAsync(found.Lyrics, heard, vocals, language, cancellationToken, anchors: compared.Anchors), "attention",
            IsSupplied: true);
    }
}
