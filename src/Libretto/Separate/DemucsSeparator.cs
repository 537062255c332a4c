using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;

namespace Libretto.Separate;

/// <summary>
/// Meta's HT-Demucs (Rouard et al., 2023) from waveform to waveform, segment by segment as its own <c>apply_model</c> does without
/// shifts: a quarter of overlap, triangular weights, what is shorter than a segment in the middle of what really surrounds it. The
/// accompaniment is what the voice leaves of the mix, whatever the model makes of its other stems.
/// </summary>
public sealed class DemucsSeparator : IVocalSeparator
{
    private const int Segment = 343_980;
    private const int Stride = 257_985;
    private const int ReadFrames = 1 << 16;

    private readonly string _file;
    private readonly int _stems;
    private readonly int _vocals;
    private readonly OnnxSessions _sessions;
    private readonly string? _spoolFolder;

    /// <summary>Describes a separator; its network is loaded at the first separation.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="folder">The folder its file lies in.</param>
    /// <param name="model">Its description: any stems, one of them <c>vocals</c>, in one file.</param>
    /// <param name="sessions">Loads and shares the network.</param>
    /// <param name="spoolFolder">Where the stems lie until they are disposed of; see <see cref="PcmFile"/> for the default.</param>
    /// <exception cref="SeparateException">The description is not that of such a model.</exception>
    public DemucsSeparator(string name, string folder, SeparationModel model, OnnxSessions sessions, string? spoolFolder = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.VocalsIndex < 0)
            throw SeparateException.NoVocals(name);
        if (model.Layout != SeparationLayout.Demucs || model.Files.Count != 1)
            throw SeparateException.UnknownLayout(folder);
        Name = name;
        SampleRate = model.SampleRate;
        _file = Path.Combine(folder, model.Files[0]);
        _stems = model.Stems.Count;
        _vocals = model.VocalsIndex;
        _sessions = sessions;
        _spoolFolder = spoolFolder;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int BlockFrames => Stride;

    /// <inheritdoc/>
    public Task<SeparatedStems> SeparateAsync(
        PcmFile mix, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mix);
        return Task.Run(() => Separate(mix, progress, cancellationToken), cancellationToken);
    }

    private SeparatedStems Separate(PcmFile mix, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var stems = new StemWriter(mix, SampleRate, _spoolFolder);
        var planes = new float[2 * Segment];
        using var network = new FixedNetwork(_sessions, _file, ("mix", [1, 2, Segment]), planes, ("stems", [1, _stems, 2, Segment]));
        var level = Level.Of(mix, cancellationToken);
        var frames = new float[2 * Segment];
        var weights = Triangle();
        var overlap = new OverlapAdd(2, Segment);
        for (long start = 0; start < mix.Frames; start += Stride)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = (int)Math.Min(Segment, mix.Frames - start);
            var margin = (Segment - length) / 2;
            ReadNormalised(mix, start - margin, level, frames, planes);
            network.Run(isLast: start + Stride >= mix.Frames, cancellationToken);

            var vocals = network.Output.AsSpan(_vocals * 2 * Segment, 2 * Segment);
            var weighted = frames.AsSpan(0, 2 * length);
            Weigh(vocals.Slice(margin, length), vocals.Slice(Segment + margin, length), level, weights, weighted);
            overlap.Add(start, weighted, weights.AsSpan(0, length));

            var done = Math.Min(start + Stride, mix.Frames);
            var finished = frames.AsSpan(0, (int)(2 * (done - start)));
            overlap.Take(finished);
            stems.Append(finished);
            progress?.Report((double)done / mix.Frames);
        }
        return stems.Finish();
    }

    /// <summary>Left and right one after the other, at mean 0 and deviation 1; zeros past the ends.</summary>
    private static void ReadNormalised(PcmFile mix, long start, Level level, Span<float> frames, Span<float> planes)
    {
        mix.Read(start, frames);
        planes.Clear();
        var from = (int)Math.Max(0, -start);
        var to = (int)Math.Min(Segment, mix.Frames - start);
        for (var i = from; i < to; i++)
        {
            planes[i] = (frames[2 * i] - level.Mean) / level.Deviation;
            planes[Segment + i] = (frames[(2 * i) + 1] - level.Mean) / level.Deviation;
        }
    }

    private static void Weigh(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Level level, ReadOnlySpan<float> weights, Span<float> weighted)
    {
        for (var i = 0; i < left.Length; i++)
        {
            weighted[2 * i] = ((left[i] * level.Deviation) + level.Mean) * weights[i];
            weighted[(2 * i) + 1] = ((right[i] * level.Deviation) + level.Mean) * weights[i];
        }
    }

    private static float[] Triangle()
    {
        var weights = new float[Segment];
        for (var i = 0; i < Segment; i++)
            weights[i] = Math.Min(i + 1, Segment - i) / (Segment / 2f);
        return weights;
    }

    /// <summary>Mean and standard deviation of the mono mean of a whole recording.</summary>
    private readonly record struct Level(float Mean, float Deviation)
    {
        public static Level Of(PcmFile mix, CancellationToken cancellationToken)
        {
            // Blocks are summed in double precision about a fixed point, which is as good as two passes for audio.
            double sum = 0, squares = 0;
            var mono = new float[ReadFrames];
            for (long start = 0; start < mix.Frames; start += ReadFrames)
            {
                cancellationToken.ThrowIfCancellationRequested();
                mix.ReadMono(start, mono);
                foreach (var sample in mono)
                {
                    sum += sample;
                    squares += (double)sample * sample;
                }
            }
            if (mix.Frames < 2)
                return new Level(0, 1);
            var mean = sum / mix.Frames;
            var variance = Math.Max(0, (squares - (sum * mean)) / (mix.Frames - 1));
            return new Level((float)mean, (float)(Math.Sqrt(variance) + 1e-8));
        }
    }
}
