using System.Runtime.CompilerServices;
using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Speech;
using Libretto.Speech.Whisper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Transcribe.Whisper;

/// <summary>
/// Whisper on the user's own machine: any model folder in the transformers.js layout, several windows at once through one
/// session, with guards against invented text, words timed by attention.
/// </summary>
public sealed class WhisperTranscriber : ITranscriber
{
    private readonly OnnxSessions _sessions;
    private readonly string _folder;
    private readonly int _batch;
    private readonly ILogger _logger;
    private readonly Lazy<WhisperModel> _model;

    /// <summary>Creates the engine; the model is loaded at first use.</summary>
    /// <param name="folder">The model's folder, holding <c>config.json</c> and <c>onnx/</c>.</param>
    /// <param name="sessions">Where networks are loaded.</param>
    /// <param name="batch">Windows decoded at once, 1 to 16; the words do not depend on it.</param>
    /// <param name="logger">Told what the guards did; none by default.</param>
    public WhisperTranscriber(string folder, OnnxSessions sessions, int batch = 2, ILogger<WhisperTranscriber>? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, 16);
        _folder = folder;
        _sessions = sessions;
        _batch = batch;
        _logger = logger ?? NullLogger<WhisperTranscriber>.Instance;
        _model = new Lazy<WhisperModel>(() => WhisperModel.Load(_folder, _sessions), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public string Name => "whisper/" + Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder));

    /// <inheritdoc/>
    public bool TimesAreTrusted => false;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.Run(() => _model.Value, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<TranscribedPiece> TranscribeAsync(
        PcmFile audio, TranscribeOptions options, IProgress<double>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (audio.SampleRate != LogMel.SampleRate || audio.Channels != 1)
            throw new ArgumentException("Whisper takes 16 kHz mono.", nameof(audio));
        if (options.BeamSize is < 1 or > 10)
            throw new ArgumentOutOfRangeException(nameof(options), options.BeamSize, "There are 1 to 10 beams.");

        using var song = await Task.Run(() => new WhisperSong(_model.Value, audio, options, _batch, _logger, cancellationToken),
            cancellationToken);
        // Groups of windows side by side, each on its share of the cores: an encoder and a decoder at work together use them better than
        // either alone. Who is done takes the next, while pieces are given out in order.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var workers = new SemaphoreSlim(_model.Value.Workers);
        var running = Groups(song.Windows)
            .Select(group => (Last: group[^1], Pieces: WorkAsync(song, group, workers, ended.Token))).ToList();
        try
        {
            foreach (var (last, pieces) in running)
            {
                foreach (var piece in await pieces)
                    yield return piece;
                progress?.Report(last.End / audio.Duration);
            }
        }
        finally
        {
            // Nobody may still read the song when it is forgotten.
            await ended.CancelAsync();
            await ((Task)Task.WhenAll(running.Select(group => group.Pieces))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        progress?.Report(1);
    }

    private static async Task<IReadOnlyList<TranscribedPiece>> WorkAsync(
        WhisperSong song, TimeRange[] group, SemaphoreSlim workers, CancellationToken cancellationToken)
    {
        await workers.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => song.Transcribe(group, cancellationToken), cancellationToken);
        }
        finally
        {
            workers.Release();
        }
    }

    /// <summary>Windows in groups that the workers share evenly: as many for each, of sizes one apart at most, the larger first.</summary>
    private IEnumerable<TimeRange[]> Groups(IReadOnlyList<TimeRange> windows)
    {
        var rounds = (int)Math.Ceiling((double)windows.Count / (_batch * _model.Value.Workers));
        for (int first = 0, left = rounds * _model.Value.Workers; first < windows.Count; left--)
        {
            var size = (int)Math.Ceiling((double)(windows.Count - first) / left);
            yield return [.. windows.Skip(first).Take(size)];
            first += size;
        }
    }
}
