using System.Runtime.InteropServices;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pitch;
using Libretto.Pipeline.Memo;

namespace Libretto.Pipeline.Exports;

/// <summary>
/// Gives a song's words their syllables and notes, by models that are small and fetched by themselves; without them as well as it goes.
/// </summary>
internal sealed class NoteSearch(AudioDecoder decoder, ModelStore models, OnnxSessions sessions)
{
    /// <summary>Finds syllables and notes.</summary>
    /// <param name="song">The song.</param>
    /// <param name="document">Its words.</param>
    /// <param name="voice">Its voice.</param>
    /// <param name="areNotesWanted">Whether its user is told that there are none.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<LyricsDocument> FindAsync(Song song, LyricsDocument document, KaraokeVoice voice, bool areNotesWanted,
        CancellationToken cancellationToken)
    {
        if (document.Lines.Count == 0)
            return document;
        var splitter = new SyllableSplitter(document.Language, await PatternsAsync(song, document.Language, cancellationToken));
        var track = await TrackAsync(song, voice, areNotesWanted, cancellationToken);
        return await Task.Run(() => new NoteFinder(splitter, track).Find(document), cancellationToken);
    }

    private async Task<HyphenationPatterns?> PatternsAsync(Song song, string? language, CancellationToken cancellationToken)
    {
        if (language is null || !HyphenationFiles.Languages.Contains(language))
            return null;
        try
        {
            var folder = await EnsureAsync(song, HyphenationFiles.Model, cancellationToken);
            var file = Path.Combine(folder, HyphenationFiles.FileOf(language));
            return File.Exists(file) ? HyphenationPatterns.Parse(await File.ReadAllTextAsync(file, cancellationToken)) : null;
        }
        catch (Exception e) when (e is ModelException or FormatException or IOException)
        {
            // Words part by their vowels then; nobody need be troubled.
            return null;
        }
    }

    private async Task<PitchTrack?> TrackAsync(Song song, KaraokeVoice voice, bool areNotesWanted, CancellationToken cancellationToken)
    {
        string folder;
        try
        {
            folder = await EnsureAsync(song, ModelCatalogue.PitchModel, cancellationToken);
        }
        catch (ModelException e)
        {
            if (areNotesWanted)
                song.Notice($"The chart has words and times but no notes, because the model that hears them is not here: {e.Message}");
            return null;
        }
        var key = song.Memo.Key("pitch", voice.Key, ModelIdentity.Of(folder));
        if (await song.Memo.FindAsync(key, StageJson.Default.KeptPitch, cancellationToken) is { } kept)
        {
            song.Meter.Found("the notes were found in the cache");
            return kept.ToTrack();
        }
        song.Meter.By(ModelCatalogue.PitchModel);
        var (sound, isOwned) = await voice.SpeechAsync(decoder, cancellationToken);
        try
        {
            var track = await Task.Run(() => PitchNetwork.Load(folder, sessions).Track(sound, song.Meter.Step(), cancellationToken),
                cancellationToken);
            await song.Memo.KeepAsync(key, KeptPitch.Of(track), StageJson.Default.KeptPitch, cancellationToken);
            return track;
        }
        finally
        {
            if (isOwned)
                sound.Dispose();
        }
    }

    private Task<string> EnsureAsync(Song song, string model, CancellationToken cancellationToken) =>
        models.EnsureAsync(model, new SynchronousProgress<ModelProgress>(song.Meter.Fetching), cancellationToken);
}

/// <summary>A pitch track as the memo keeps it.</summary>
/// <param name="Frames">Three numbers a frame, as bytes: pitch in hertz, confidence, level in decibels.</param>
internal sealed record KeptPitch(byte[] Frames)
{
    public static KeptPitch Of(PitchTrack track) =>
        new(MemoryMarshal.AsBytes<float>([.. track.Hertz, .. track.Confidence, .. track.Level]).ToArray());

    public PitchTrack ToTrack()
    {
        var numbers = MemoryMarshal.Cast<byte, float>(Frames);
        var count = numbers.Length / 3;
        return new PitchTrack(numbers[..count].ToArray(), numbers[count..(2 * count)].ToArray(), numbers[(2 * count)..(3 * count)]
            .ToArray());
    }
}
