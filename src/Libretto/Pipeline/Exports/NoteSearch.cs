using System.Runtime.InteropServices;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pitch;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Timing;

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
    /// <param name="cancellationToken">Stops.</param>
    public async Task<LyricsDocument> FindAsync(Song song, LyricsDocument document, KaraokeVoice voice,
        CancellationToken cancellationToken)
    {
        if (document.Lines.Count == 0)
            return document;
        var splitter = await new SyllableSplitters(models).FetchedAsync(
            document.Language, new SynchronousProgress<ModelProgress>(song.Meter.Fetching), cancellationToken);
        var track = await TrackAsync(song, voice, cancellationToken);
        return await Task.Run(() => new NoteFinder(splitter, track).Find(document), cancellationToken);
    }

    /// <summary>
    /// What is sung: a voice apart is listened to by the network, where it is here; anything else by what needs none.
    /// </summary>
    private async Task<PitchTrack> TrackAsync(Song song, KaraokeVoice voice, CancellationToken cancellationToken)
    {
        var folder = voice.IsApart ? await FindNetworkAsync(song, cancellationToken) : null;
        var key = song.Memo.Key("pitch", voice.Key, folder is null ? "salience 1" : ModelIdentity.Of(folder));
        if (await song.Memo.FindAsync(key, StageJson.Default.KeptPitch, cancellationToken) is { } kept)
        {
            song.Meter.Found("the notes were found in the cache");
            return kept.ToTrack();
        }
        var track = folder is null
            ? await FollowMelodyAsync(song, voice, cancellationToken)
            : await HearVoiceAsync(song, voice, folder, cancellationToken);
        await song.Memo.KeepAsync(key, KeptPitch.Of(track), StageJson.Default.KeptPitch, cancellationToken);
        return track;
    }

    private async Task<string?> FindNetworkAsync(Song song, CancellationToken cancellationToken)
    {
        try
        {
            return await EnsureAsync(song, ModelCatalogue.PitchModel, cancellationToken);
        }
        catch (ModelException)
        {
            // The voice has notes without it too, nearly as good.
            return null;
        }
    }

    private async Task<PitchTrack> HearVoiceAsync(Song song, KaraokeVoice voice, string folder, CancellationToken cancellationToken)
    {
        song.Meter.By(ModelCatalogue.PitchModel);
        var (sound, isOwned) = await voice.SpeechAsync(decoder, cancellationToken);
        try
        {
            return await Task.Run(() => PitchNetwork.Load(folder, sessions).Track(sound, song.Meter.Step(), cancellationToken),
                cancellationToken);
        }
        finally
        {
            if (isOwned)
                sound.Dispose();
        }
    }

    private async Task<PitchTrack> FollowMelodyAsync(Song song, KaraokeVoice voice, CancellationToken cancellationToken)
    {
        using var sound = await voice.StereoAsync(decoder, cancellationToken);
        return await Task.Run(() => MelodyTracker.Track(sound, song.Meter.Step(), cancellationToken), cancellationToken);
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
