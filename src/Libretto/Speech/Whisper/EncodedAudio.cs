using System.Buffers;
using System.Collections.Concurrent;
using Libretto.Audio;

namespace Libretto.Speech.Whisper;

/// <summary>
/// What Whisper's encoder made of a recording, each window once: recognition, what is heard again and the alignment of known lyrics read
/// the same states. They lie in a temporary file (3 MB a window for the base model), so that memory does not grow with the recording.
/// Safe to use from several threads.
/// </summary>
internal sealed class EncodedAudio : IDisposable
{
    private readonly PcmFile _audio;
    private readonly ConcurrentDictionary<string, ModelStates> _models = new(StringComparer.Ordinal);

    /// <param name="audio">16 kHz mono; must outlive this object.</param>
    public EncodedAudio(PcmFile audio) => _audio = audio;

    /// <summary>The recording.</summary>
    public PcmFile Audio => _audio;

    /// <summary>The window that begins at a time, encoded unless it is already: 30 s, silence past the recording's end.</summary>
    /// <param name="model">The network.</param>
    /// <param name="start">Seconds.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    public EncodedWindow Encode(WhisperModel model, double start, CancellationToken cancellationToken) =>
        Of(model).Encode(_audio, start, cancellationToken);

    /// <summary>
    /// What the decoder reads of a stretch alone, followed by silence up to a window's frames where the network takes no fewer; the caller
    /// disposes it.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="stretch">A part of an encoded window.</param>
    /// <param name="cancellationToken">Checked for every few frames.</param>
    public IDecoderAudio Hear(WhisperModel model, EncodedStretch stretch, CancellationToken cancellationToken) =>
        Of(model).Hear(stretch, cancellationToken);

    public void Dispose()
    {
        foreach (var states in _models.Values)
            states.Dispose();
    }

    private ModelStates Of(WhisperModel model) => _models.GetOrAdd(model.Folder, _ => new ModelStates(model));

    /// <summary>One model's windows.</summary>
    private sealed class ModelStates(WhisperModel model) : IDisposable
    {
        private readonly object _gate = new();
        private readonly Dictionary<long, Task<EncodedWindow>> _windows = [];
        private PcmFile? _file;

        public EncodedWindow Encode(PcmFile audio, double start, CancellationToken cancellationToken)
        {
            var first = (long)(start * LogMel.SampleRate);
            TaskCompletionSource<EncodedWindow>? mine = null;
            Task<EncodedWindow>? window;
            lock (_gate)
            {
                if (!_windows.TryGetValue(first, out window))
                    _windows[first] = window = (mine = new TaskCompletionSource<EncodedWindow>()).Task;
            }
            if (mine is null)
                return window.WaitAsync(cancellationToken).GetAwaiter().GetResult();
            try
            {
                var states = model.Encode(
                    model.ReadWindow(audio, new TimeRange(start, start + WhisperModel.WindowSeconds)).Values, cancellationToken);
                mine.SetResult(Keep(states, start, audio.Duration));
                return window.Result;
            }
            catch (Exception e)
            {
                lock (_gate)
                    _windows.Remove(first);
                mine.SetException(e);
                throw;
            }
        }

        public IDecoderAudio Hear(EncodedStretch stretch, CancellationToken cancellationToken)
        {
            var (window, from, to) = stretch;
            var frames = model.Decoder.TakesAnyFrames ? to - from : model.Config.EncoderFrames;
            var rented = ArrayPool<float>.Shared.Rent(frames * model.StateWidth);
            try
            {
                var states = rented.AsSpan(0, frames * model.StateWidth);
                var heard = states[..((to - from) * model.StateWidth)];
                _file!.Read((long)window.Index * model.Config.EncoderFrames + from, heard);
                if (heard.Length < states.Length)
                    model.Silence.AsSpan(heard.Length, states.Length - heard.Length).CopyTo(states[heard.Length..]);
                return model.Decoder.Hear(states, cancellationToken);
            }
            finally
            {
                ArrayPool<float>.Shared.Return(rented);
            }
        }

        private EncodedWindow Keep(float[] states, double start, double duration)
        {
            lock (_gate)
            {
                _file ??= new PcmFile(1, model.StateWidth);
                var index = (int)(_file.Frames / model.Config.EncoderFrames);
                _file.Append(states);
                return new EncodedWindow(
                    index, start, model.Frames(new TimeRange(start, Math.Min(duration, start + WhisperModel.WindowSeconds))));
            }
        }

        public void Dispose() => _file?.Dispose();
    }
}

/// <summary>A window that was encoded.</summary>
/// <param name="Index">Which one it is of its model's.</param>
/// <param name="Start">Its start, seconds.</param>
/// <param name="Frames">Encoder frames until the recording or the window ends.</param>
internal readonly record struct EncodedWindow(int Index, double Start, int Frames)
{
    /// <summary>Its end, or that of the recording, seconds.</summary>
    public double End => Start + Frames * WhisperModel.SecondsPerFrame;

    /// <summary>The part of it that lies in a stretch of time.</summary>
    public EncodedStretch Part(double from, double to)
    {
        var end = Math.Clamp((int)Math.Ceiling((to - Start) / WhisperModel.SecondsPerFrame - 1e-6), 1, Frames);
        return new EncodedStretch(this, Math.Clamp((int)((from - Start) / WhisperModel.SecondsPerFrame + 1e-6), 0, end - 1), end);
    }
}

/// <summary>A part of an encoded window.</summary>
/// <param name="Window">The window.</param>
/// <param name="From">Its first frame.</param>
/// <param name="To">One past its last frame.</param>
internal readonly record struct EncodedStretch(EncodedWindow Window, int From, int To);
