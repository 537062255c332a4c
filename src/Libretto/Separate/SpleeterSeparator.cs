using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;

namespace Libretto.Separate;

/// <summary>
/// Deezer's Spleeter with two stems (Hennequin et al., 2020): two networks guess the magnitudes of voice and accompaniment, the
/// squared ratio of the two is the mask that the mix's spectrum is multiplied by. Above 11 kHz, where the networks are blind,
/// all is accompaniment.
/// </summary>
public sealed class SpleeterSeparator : IVocalSeparator
{
    private const int WindowFrames = 4096;
    private const int Hop = 1024;
    private const int Lead = WindowFrames / 2;
    private const int BlockWindows = 512;
    private const int Bins = 1024;
    private const float MaskFloor = 5e-11f;

    // Channels, blocks, windows, bins.
    private static readonly long[] s_shape = [2, 1, BlockWindows, Bins];

    private readonly string _vocalsFile;
    private readonly string _accompanimentFile;
    private readonly OnnxSessions _sessions;
    private readonly string? _spoolFolder;

    /// <summary>Describes a separator; its networks are loaded at the first separation.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="folder">The folder its files lie in.</param>
    /// <param name="model">Its description: stems <c>vocals</c> and one other, a file each.</param>
    /// <param name="sessions">Loads and shares the networks.</param>
    /// <param name="spoolFolder">Where the stems lie until they are disposed of; see <see cref="PcmFile"/> for the default.</param>
    /// <exception cref="SeparateException">The description is not that of such a model.</exception>
    public SpleeterSeparator(string name, string folder, SeparationModel model, OnnxSessions sessions, string? spoolFolder = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var vocals = model.VocalsIndex;
        if (vocals < 0)
            throw SeparateException.NoVocals(name);
        if (model.Layout != SeparationLayout.Spleeter || model.Stems.Count != 2 || model.Files.Count != 2)
            throw SeparateException.UnknownLayout(folder);
        Name = name;
        SampleRate = model.SampleRate;
        _vocalsFile = Path.Combine(folder, model.Files[vocals]);
        _accompanimentFile = Path.Combine(folder, model.Files[1 - vocals]);
        _sessions = sessions;
        _spoolFolder = spoolFolder;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int BlockFrames => (BlockWindows - 1) * Hop;

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
        var magnitudes = new float[2 * BlockWindows * Bins];
        using var vocals = new FixedNetwork(_sessions, _vocalsFile, ("x", s_shape), magnitudes, ("y", s_shape));
        using var accompaniment = new FixedNetwork(_sessions, _accompanimentFile, ("x", s_shape), magnitudes, ("y", s_shape));
        var block = new Block();
        var overlap = new OverlapAdd(2, Block.Frames);
        var windows = 1 + (mix.Frames / Hop);
        for (long first = 0; first < windows && stems.Frames < mix.Frames; first += BlockWindows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = (int)Math.Min(BlockWindows, windows - first);
            block.Analyse(mix, first, count, magnitudes);
            var isLast = first + count == windows;
            vocals.Run(isLast, cancellationToken);
            accompaniment.Run(isLast, cancellationToken);
            block.KeepVocals(count, vocals.Output, accompaniment.Output);
            block.Synthesise(first, count, overlap);

            var done = isLast ? mix.Frames : ((first + count) * Hop) - Lead;
            stems.Append(block.Take(overlap, (int)(done - stems.Frames)));
            progress?.Report((double)done / mix.Frames);
        }
        return stems.Finish();
    }

    /// <summary>The memory of one block, used again for the next: its frames and the spectra of its windows.</summary>
    private sealed class Block
    {
        /// <summary>Frames that the windows of a block reach over.</summary>
        public const int Frames = ((BlockWindows - 1) * Hop) + WindowFrames;

        private readonly StereoStft _stft = new(WindowFrames);
        private readonly float[] _frames = new float[2 * Frames];
        private readonly float[] _window = new float[2 * WindowFrames];
        private readonly float[] _spectra = new float[4 * BlockWindows * Bins];

        /// <summary>Fills the spectra and their magnitudes; windows past the end are silent.</summary>
        public void Analyse(PcmFile mix, long first, int count, Span<float> magnitudes)
        {
            mix.Read((first * Hop) - Lead, _frames);
            for (var window = 0; window < count; window++)
            {
                var spectra = Spectra(window);
                _stft.Analyse(_frames.AsSpan(2 * window * Hop, 2 * WindowFrames), spectra);
                Magnitude(spectra.LeftReal, spectra.LeftImaginary, Row(magnitudes, 0, window));
                Magnitude(spectra.RightReal, spectra.RightImaginary, Row(magnitudes, 1, window));
            }
            for (var channel = 0; channel < 2; channel++)
                magnitudes[(((channel * BlockWindows) + count) * Bins)..((channel + 1) * BlockWindows * Bins)].Clear();
        }

        /// <summary>Multiplies the spectra by the voice's share; the magnitudes are used up.</summary>
        public void KeepVocals(int count, Span<float> vocals, Span<float> accompaniment)
        {
            for (var window = 0; window < count; window++)
            {
                var spectra = Spectra(window);
                var mask = Mask(Row(vocals, 0, window), Row(accompaniment, 0, window));
                TensorPrimitives.Multiply(spectra.LeftReal, mask, spectra.LeftReal);
                TensorPrimitives.Multiply(spectra.LeftImaginary, mask, spectra.LeftImaginary);
                mask = Mask(Row(vocals, 1, window), Row(accompaniment, 1, window));
                TensorPrimitives.Multiply(spectra.RightReal, mask, spectra.RightReal);
                TensorPrimitives.Multiply(spectra.RightImaginary, mask, spectra.RightImaginary);
            }
        }

        public void Synthesise(long first, int count, OverlapAdd overlap)
        {
            for (var window = 0; window < count; window++)
            {
                _stft.Synthesise(Spectra(window), _window);
                overlap.Add(((first + window) * Hop) - Lead, _window, _stft.WindowSquared);
            }
        }

        public Span<float> Take(OverlapAdd overlap, int frames)
        {
            var taken = _frames.AsSpan(0, 2 * frames);
            overlap.Take(taken);
            return taken;
        }

        private static void Magnitude(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> magnitude)
        {
            TensorPrimitives.Multiply(real, real, magnitude);
            TensorPrimitives.MultiplyAdd(imaginary, imaginary, magnitude, magnitude);
            TensorPrimitives.Sqrt(magnitude, magnitude);
        }

        /// <summary>(v^2 + f) / (v^2 + a^2 + 2 f), in the place of v.</summary>
        private static Span<float> Mask(Span<float> vocals, Span<float> accompaniment)
        {
            TensorPrimitives.Multiply(vocals, vocals, vocals);
            TensorPrimitives.Add(vocals, MaskFloor, vocals);
            TensorPrimitives.Multiply(accompaniment, accompaniment, accompaniment);
            TensorPrimitives.Add(accompaniment, MaskFloor, accompaniment);
            TensorPrimitives.Add(vocals, accompaniment, accompaniment);
            TensorPrimitives.Divide(vocals, accompaniment, vocals);
            return vocals;
        }

        private static Span<float> Row(Span<float> block, int channel, int window) =>
            block.Slice(((channel * BlockWindows) + window) * Bins, Bins);

        private StereoSpectra Spectra(int window) => new(Plane(window, 0), Plane(window, 1), Plane(window, 2), Plane(window, 3));

        private Span<float> Plane(int window, int plane) => _spectra.AsSpan(((4 * window) + plane) * Bins, Bins);
    }
}
