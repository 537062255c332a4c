using System.Globalization;
using System.Text.Json;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Tests.Support;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>
/// Songs of tones over noise, each tone a "word" of its own pitch, and a recogniser for them, so that a server on the loopback really
/// hears what it is sent, cut where it may be.
/// </summary>
internal static class Beeps
{
    private const int Rate = 16_000;
    private const int Hop = 160;

    /// <summary>A song in which a tone of 0.3 to 0.8 s sounds about every second.</summary>
    public static (string File, List<LyricsWord> Words) Song(ScratchFolder folder, double seconds)
    {
        var random = new Random(7);
        var samples = new float[(int)(seconds * Rate)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)((random.NextDouble() - 0.5) * 0.02);
        var words = new List<LyricsWord>();
        for (var start = 0.5; start < seconds - 1.5; start += 0.2 + (0.4 * random.NextDouble()))
        {
            var length = 0.3 + (0.5 * random.NextDouble());
            var hertz = 300 + (50 * random.Next(12));
            for (var i = (int)(start * Rate); i < (start + length) * Rate; i++)
                samples[i] += 0.4f * (float)Math.Sin(2 * Math.PI * hertz * i / Rate);
            words.Add(new LyricsWord($"w{hertz}", Math.Round(start, 3), Math.Round(start + length, 3)));
            start += length;
        }
        return (TestAudio.Floats(folder, samples, Rate, "beeps.wav"), words);
    }

    /// <summary>What a hosted engine answers to a file of such tones.</summary>
    public static async Task<string> RecogniseAsync(byte[] flac, ScratchFolder folder)
    {
        var file = folder[$"{Guid.NewGuid():N}.flac"];
        await File.WriteAllBytesAsync(file, flac);
        using var audio = await HostedFixture.DecodeAsync(file);
        var words = Hear(audio);
        return JsonSerializer.Serialize(new
        {
            task = "transcribe",
            language = "english",
            duration = audio.Duration,
            text = string.Join(' ', words.Select(word => word.Text)),
            words = words.Select(word => new { word = word.Text, start = word.Start, end = word.End }),
        });
    }

    private static List<LyricsWord> Hear(PcmFile audio)
    {
        var samples = new float[audio.Frames];
        audio.Read(0, samples);
        bool Sounds(int hop) => (hop + 1) * Hop <= samples.Length && samples.AsSpan(hop * Hop, Hop).ToArray().Average(Math.Abs) > 0.1;
        var words = new List<LyricsWord>();
        for (var hop = 0; hop * Hop < samples.Length; hop++)
        {
            if (!Sounds(hop))
                continue;
            var end = hop;
            while (Sounds(end))
                end++;
            var pitch = Pitch(samples.AsSpan(hop * Hop, (end - hop) * Hop));
            words.Add(new LyricsWord(string.Create(CultureInfo.InvariantCulture, $"w{pitch}"), hop / 100.0, end / 100.0));
            hop = end;
        }
        return words;
    }

    /// <summary>The nearest of the song's pitches, by the tone's share in each.</summary>
    private static int Pitch(ReadOnlySpan<float> tone)
    {
        var (best, most) = (0, 0.0);
        for (var hertz = 300; hertz < 900; hertz += 50)
        {
            double real = 0, imaginary = 0;
            for (var i = 0; i < tone.Length; i++)
            {
                real += tone[i] * Math.Cos(2 * Math.PI * hertz * i / Rate);
                imaginary += tone[i] * Math.Sin(2 * Math.PI * hertz * i / Rate);
            }
            if ((real * real) + (imaginary * imaginary) > most)
                (best, most) = (hertz, (real * real) + (imaginary * imaginary));
        }
        return best;
    }
}
