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
    private const double Beat = 60.0 / 92, Lead = 0.25;

    /// <summary>Bar, and beats and notes of its vowels.</summary>
    private static readonly (int Bar, string Notes)[] s_melody =
    [
        (1, "0:B3 1:A3 1.5:D4 2.5:B3 3:A3 3.5:G3 4:C4 5:B3"), (3, "0:G3 0.5:A3 1:B3 2:B3 2.5:D4 3.5:B3 4:A3"),
        (5, "0:G3 1:A3 1.5:B3 2.5:A3 3:B3 3.5:C4 4:E4 5:D4"), (7, "0:B3 0.5:B3 1:D4 2:C4 2.5:B3 3:A3 3.5:A3 4:G3"),
        (10, "0:G3 0.25:G3 0.5:A3 1:B3 2:B3 2.5:D4 3.5:B3 4:E4 5:D4"), (12, "0:B3 0.25:B3 0.5:B3 1:D4 2:C4 2.5:B3 3.5:A3 4:G3"),
    ];

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
        var truth = LyricsFormats.Json.Read(File.ReadAllText(Repository.File("samples", "morning-light.truth.json")));

        var song = new NoteFinder(new SyllableSplitter("en", null), PitchNetwork.Load(model, sessions).Track(voice, null, token)).Find(truth);
        var chart = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(song));

        var notes = chart.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables ?? []).ToList();
        var right = notes.Count(note => note.Pitch is { } pitch && (pitch - MelodyAt(note)) % 12 == 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{right} of {notes.Count} notes");
        Assert.True(right >= 0.85 * notes.Count, $"{right} of {notes.Count} notes are right");
        Assert.True(notes.Count >= 45);
        Assert.All(
            truth.Lines.SelectMany(line => line.Words).Zip(chart.Lines.SelectMany(line => line.Words)),
            pair => Assert.Equal(pair.First.Start, pair.Second.Start, 0.1));
        var times = song.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables!).Select(note => (Milliseconds.From(note.Start), Milliseconds.From(note.End))).ToList();
        Assert.True(times.Average(note => BeatGrid.For(times).ErrorOf(note.Item1)) < 15);
    }

    /// <summary>The note of the melody that a note of the chart shares most of its time with.</summary>
    private static int MelodyAt(LyricsSyllable note)
    {
        var melody = s_melody.SelectMany(line => line.Notes.Split(' ').Select(each => each.Split(':')).Select(each =>
            (Start: Lead + (line.Bar * 4 + double.Parse(each[0], System.Globalization.CultureInfo.InvariantCulture)) * Beat, Pitch: Midi(each[1])))).ToList();
        return melody.Select((tone, i) => (tone.Pitch, Shared: Math.Min(note.End, i + 1 < melody.Count ? melody[i + 1].Start : 99) - Math.Max(note.Start, tone.Start)))
            .MaxBy(tone => tone.Shared).Pitch;
    }

    private static int Midi(string note) => 12 * (note[^1] - '0' + 1) + "C D EF G A B".IndexOf(note[0]);
}
