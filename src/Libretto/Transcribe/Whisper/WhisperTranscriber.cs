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
    public WhisperTranscriber(string folder, OnnxSessions sessions, int batch = 4, ILogger<WhisperTranscriber>? logger = null)
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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BeamSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BeamSize, 10, nameof(options));

        var song = await Task.Run(() => new WhisperSong(_model.Value, audio, options, _batch, _logger, cancellationToken), cancellationToken);
        foreach (var batch in song.Windows.Chunk(_batch))
        {
            var pieces = await Task.Run(() => song.Transcribe(batch, cancellationToken), cancellationToken);
            foreach (var piece in pieces)
                yield return piece;
            progress?.Report(batch[^1].End / audio.Duration);
        }
        progress?.Report(1);
    }
}
