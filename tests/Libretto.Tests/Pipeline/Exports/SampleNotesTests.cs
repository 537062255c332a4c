using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Lyrics.Formats.UltraStar;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Pitch;
using Libretto.Tests.Separate;
using Libretto.Tests.Support;

namespace Libretto.Tests.Pipeline.Exports;

/// <summary>The notes found in the sample song, whose melody is known: samples/scores/morning_light.py.</summary>
public sealed class SampleNotesTests(SeparationFixture separation)
{
    private static readonly SampleMelody s_melody = new("morning-light");

    private static readonly LyricsDocument s_words = LyricsFormats.Json.Read(File.ReadAllText(Repository.File("samples", "morning-light.truth.json")));

    [Fact]
    public async Task Most_notes_of_the_chart_are_on_the_right_half_tone_and_start_with_their_words()
    {
        var model = Repository.SharedFile("models", "swift-f0");
        var token = TestContext.Current.CancellationToken;
        using var mix = await separation.DecodeSampleAsync("morning-light.ogg");
        using var stems = await separation.Spleeter.SeparateAsync(mix, null, token);
        using var sessions = new OnnxSessions(threads: 2);
        using var folder = new ScratchFolder();
        await new AudioEncoder(new Libretto.Tools.ToolRunner()).EncodeAsync(stems.Vocals, folder["voice.wav"], AudioFormat.WavFloat, cancellationToken: token);
        using var voice = await separation.Decoder.DecodeAsync(folder["voice.wav"], PitchTrack.SampleRate, 1, null, token);

        var song = new NoteFinder(new SyllableSplitter("en", null), PitchNetwork.Load(model, sessions).Track(voice, null, token)).Find(s_words);
        var chart = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(song));

        AssertRight(chart, 0.95);
        Assert.All(
            s_words.Lines.SelectMany(line => line.Words).Zip(chart.Lines.SelectMany(line => line.Words)),
            pair => Assert.Equal(pair.First.Start, pair.Second.Start, 0.1));
        var times = song.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables!).Select(note => (Milliseconds.From(note.Start), Milliseconds.From(note.End))).ToList();
        Assert.True(times.Average(note => BeatGrid.For(times).ErrorOf(note.Item1)) < 15);
    }

    [Fact]
    public async Task Without_separation_and_without_a_network_most_are_right_too()
    {
        var token = TestContext.Current.CancellationToken;
        using var mix = await separation.Decoder.DecodeAsync(Repository.File("samples", "morning-light.ogg"), PitchTrack.SampleRate, 2, null, token);
        AssertRight(new NoteFinder(new SyllableSplitter("en", null), MelodyTracker.Track(mix, null, token)).Find(s_words), 0.9);
    }

    private static void AssertRight(LyricsDocument song, double share)
    {
        var notes = song.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables ?? []).ToList();
        var right = notes.Count(note => s_melody.Has(note.Pitch, note.Start, note.End));
        TestContext.Current.TestOutputHelper?.WriteLine($"{right} of {notes.Count} notes");
        Assert.True(right >= share * notes.Count, $"{right} of {notes.Count} notes are right");
        Assert.True(notes.Count >= 45);
    }
}
