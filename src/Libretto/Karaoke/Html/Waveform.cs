using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using Libretto.Audio;
using Libretto.Audio.Activity;

namespace Libretto.Karaoke.Html;

/// <summary>A song's shape, for drawing.</summary>
/// <param name="Rate">Peaks a second.</param>
/// <param name="Peaks">How loud each stretch is, 0 to 255: its root mean square, the song's loudest stretch filling the height.</param>
/// <param name="Voice">Stretches where someone sings, as [start, end] in seconds.</param>
public sealed record Waveform(int Rate, IReadOnlyList<int> Peaks, IReadOnlyList<double[]> Voice)
{
    /// <summary>The rate of the sounds that are measured, hertz.</summary>
    public const int SampleRate = 16000;

    private const int PeaksPerSecond = 50;

    /// <summary>Measures a song.</summary>
    /// <param name="mix">The recording, mono, at <see cref="SampleRate"/>.</param>
    /// <param name="vocals">The voice alone, likewise; null where it is not known.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static Waveform Measure(PcmFile mix, PcmFile? vocals, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mix);
        // Without a stem, where anything sounds says little of who sings: then the words' own times do.
        var voice = vocals is null ? [] : ActivityDetector.Detect(vocals, ActivityOptions.ForStem, cancellationToken);
        return new Waveform(PeaksPerSecond, PeaksOf(mix),
            [.. voice.Select(range => new[] { Math.Round(range.Start, 2), Math.Round(range.End, 2) })]);
    }

    /// <summary>By power rather than by peaks, of which a loud mix has one everywhere: then nothing is seen of the song.</summary>
    private static List<int> PeaksOf(PcmFile audio)
    {
        const int Step = SampleRate / PeaksPerSecond;
        var levels = new List<float>((int)(audio.Frames / Step) + 1);
        var block = new float[Step];
        for (long frame = 0; frame < audio.Frames; frame += Step)
        {
            audio.Read(frame, block);
            levels.Add(MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(block) / Step));
        }
        var loudest = Math.Max(0.001f, levels.Count == 0 ? 0 : levels.Max());
        return [.. levels.Select(level => (int)Math.Min(255, level / loudest * 255))];
    }
}

/// <summary>How a <see cref="Waveform"/> is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Waveform))]
public sealed partial class WaveformJson : JsonSerializerContext;
