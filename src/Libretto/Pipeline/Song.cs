using Libretto.Audio;
using Libretto.Pipeline.Memo;

namespace Libretto.Pipeline;

/// <summary>A song on its way through the stages: its file, its sound once a stage asks for it, what was made of it before, and what its user is told.</summary>
internal sealed class Song : IDisposable
{
    /// <summary>What recognisers take, hertz.</summary>
    public const int SpeechRate = 16_000;

    private readonly AudioDecoder _decoder;
    private readonly List<string> _notices = [];
    private PcmFile? _speech;

    private Song(AudioDecoder decoder, AudioInfo info, ProgressMeter meter)
    {
        _decoder = decoder;
        Info = info;
        Meter = meter;
    }

    /// <summary>What its file holds.</summary>
    public AudioInfo Info { get; }

    /// <summary>Told how far the work on it is.</summary>
    public ProgressMeter Meter { get; set; }

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
        var song = new Song(decoder, await decoder.ProbeAsync(path, track, cancellationToken), meter);
        song.Memo = await memo.OpenAsync(path, song.Info.Tracks > 1 ? song.Info.Track : null, fresh, song.Notice, cancellationToken);
        return song;
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

    /// <summary>The song as recognisers want it, 16 kHz mono, decoded when first asked for; it belongs to the song.</summary>
    public async Task<PcmFile> SpeechAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        _speech ??= await _decoder.DecodeAsync(Info, SpeechRate, channels: 1, range: null, progress, cancellationToken);
        Warn(_speech.Warnings);
        return _speech;
    }

    public void Dispose() => _speech?.Dispose();
}
