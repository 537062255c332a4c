using Libretto.Audio;
using Libretto.Pipeline.Memo;
using Libretto.Speech.Whisper;

namespace Libretto.Pipeline;

/// <summary>
/// A song on its way through the stages: its file, its sound once a stage asks for it, what was made of it before, and what its user is
/// told.
/// </summary>
internal sealed class Song : IDisposable
{
    /// <summary>What recognisers take, hertz.</summary>
    public const int SpeechRate = 16_000;

    private readonly AudioDecoder _decoder;
    private readonly List<string> _notices = [];
    private readonly Lock _decoding = new();
    private Task<PcmFile>? _speech;
    private EncodedAudio? _encoded;

    private Song(AudioDecoder decoder, AudioInfo info, ProgressMeter meter)
    {
        _decoder = decoder;
        Info = info;
        Meter = meter;
    }

    /// <summary>What its file holds.</summary>
    public AudioInfo Info { get; }

    /// <summary>Told how far the work on it is.</summary>
    public ProgressMeter Meter { get; private set; }

    /// <summary>What stages made of it before.</summary>
    public SongMemo Memo { get; private set; } = null!;

    /// <summary>What its user was told, in sentences.</summary>
    public IReadOnlyList<string> Notices
    {
        get
        {
            lock (_notices)
                return [.. _notices];
        }
    }

    /// <summary>Looks at a file and what is known of it.</summary>
    public static async Task<Song> OpenAsync(
        string path, int? track, bool fresh, AudioDecoder decoder, StageMemo memo, ProgressMeter meter, CancellationToken cancellationToken)
    {
        // Read to its end while ffprobe looks at it, and no longer. What is wrong with the file is said by who looks at it.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probing = decoder.ProbeAsync(path, track, cancellationToken);
        var hashing = probing.IsFaulted ? Task.FromResult("") : memo.HashAsync(path, reading.Token);
        try
        {
            var song = new Song(decoder, await probing, meter);
            song.Memo = memo.Open(await hashing, song.Info.Tracks > 1 ? song.Info.Track : null, fresh, song.Notice);
            return song;
        }
        catch
        {
            await reading.CancelAsync();
            await ((Task)hashing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Tells the user something, once.</summary>
    public void Notice(string notice)
    {
        if (Remember(notice))
            Meter.Notice(notice);
    }

    /// <summary>Remembers what the user was told already, so that it is not told again; false if it is remembered.</summary>
    public bool Remember(string notice)
    {
        lock (_notices)
        {
            if (_notices.Contains(notice))
                return false;
            _notices.Add(notice);
            return true;
        }
    }

    /// <summary>Tells the user what is wrong with the file, without its path: what is kept of it is kept for any copy.</summary>
    /// <returns>The sentences.</returns>
    public IReadOnlyList<string> Warn(IEnumerable<string> warnings)
    {
        string[] said = [.. warnings.Select(warning => warning.Replace(Info.Path, "The file", StringComparison.Ordinal))];
        foreach (var warning in said)
            Notice(warning);
        return said;
    }

    /// <summary>Tells another listener from now on, of another work on the song.</summary>
    public void ReportTo(IProgress<SongProgress>? listener, ProgressPlan plan) => Meter = Meter.For(listener, plan);

    /// <summary>
    /// The song as recognisers want it, 16 kHz mono. It is decoded once, when first asked for, whoever asks at the same time; it
    /// belongs to the song.
    /// </summary>
    public async Task<PcmFile> SpeechAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<PcmFile> decoding;
            lock (_decoding)
            {
                if (_speech is null or { IsFaulted: true } or { IsCanceled: true })
                    _speech = _decoder.DecodeAsync(Info, SpeechRate, channels: 1, range: null, progress, cancellationToken);
                decoding = _speech;
            }
            try
            {
                var speech = await decoding.WaitAsync(cancellationToken);
                Warn(speech.Warnings);
                return speech;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Given up by the one who asked first: who is left decodes.
            }
        }
    }

    /// <summary>
    /// Where networks keep what they make of <see cref="SpeechAsync"/>'s sound, for whoever listens next; asked for once it is decoded.
    /// </summary>
    public EncodedAudio Encoded
    {
        get
        {
            lock (_decoding)
                return _encoded ??= new EncodedAudio(_speech!.Result);
        }
    }

    /// <summary>Gives back the sound. All else stays of use: stems that were handed out go on with it.</summary>
    public void Dispose()
    {
        _encoded?.Dispose();
        if (_speech is { IsCompletedSuccessfully: true })
            _speech.Result.Dispose();
        else
            _speech?.ContinueWith(
                static decoded => decoded.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
    }
}
