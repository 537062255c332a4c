using System.Security.Cryptography;
using Libretto.Audio;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline.Exports;

/// <summary>
/// A song's voice and accompaniment for karaoke: given, separated where they are to be heard, or found where they were made before; else
/// there are none, and the whole recording does.
/// </summary>
internal sealed class KaraokeVoice : IDisposable
{
    private readonly Song _song;
    private readonly KaraokeRequest _request;
    private readonly StemSeparation _separation;
    private readonly SongStems _stems;
    private readonly TemporaryPair _files;
    private bool _isSeparated;

    /// <summary>Nothing is done yet.</summary>
    /// <param name="song">The song.</param>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="stems">Its stems from when it was listened to; taken over. Null where there are none.</param>
    /// <param name="separation">Makes them.</param>
    public KaraokeVoice(Song song, KaraokeRequest request, SongStems? stems, StemSeparation separation)
    {
        _song = song;
        _request = request;
        _separation = separation;
        _stems = stems ?? new SongStems(song, separation);
        _files = new TemporaryPair(song.Memo);
    }

    /// <summary>The stems as files; null where there are none.</summary>
    public KaraokeStems? Files { get; private set; }

    /// <summary>Where the memo keeps what is made of the voice: it differs with where the voice is from.</summary>
    public string Key { get; private set; } = "mix";

    /// <summary>Sees to the stems. That no model is to be had for them is told, and no error.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (_request.Stems is { } given)
        {
            Files = given;
            Key = await HashAsync(given.Vocals, cancellationToken);
            return;
        }
        // Notes of a voice alone are far better than those of a mix; stems that were made before cost nothing.
        var isWanted = _request.Audio != KaraokeAudio.Mix || _request.Outputs.Any(output => output.Kind == KaraokeKind.UltraStar &&
            _separation.IsInstalled);
        var isWorthIt = isWanted || (_separation.IsInstalled && await _stems.RecallAsync(cancellationToken));
        if (!isWorthIt)
            return;
        var (vocals, instrumental) = _files.Make();
        await _stems.WriteAsync(vocals, instrumental, StemSeparation.KeptFormat, cancellationToken);
        Files = new KaraokeStems(vocals, instrumental);
        Key = (await _stems.OpenAsync(cancellationToken)).Key;
        _isSeparated = true;
    }

    /// <summary>Whether the voice is there apart from the accompaniment.</summary>
    public bool IsApart => Files is not null;

    /// <summary>The voice as networks listen to it, 16 kHz mono; only where it is apart.</summary>
    /// <param name="decoder">Decodes it.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <returns>The sound, and whether the caller disposes of it.</returns>
    public async Task<(PcmFile Sound, bool IsOwned)> SpeechAsync(AudioDecoder decoder, CancellationToken cancellationToken) => _isSeparated
        ? (await _stems.SpeechAsync(cancellationToken), false)
        : (await decoder.DecodeAsync(Files!.Vocals, Song.SpeechRate, channels: 1, progress: null, cancellationToken), true);

    /// <summary>What the melody is heard in, 16 kHz stereo: the voice, or the whole recording where it is not apart.</summary>
    /// <returns>The sound; the caller disposes of it.</returns>
    public Task<PcmFile> StereoAsync(AudioDecoder decoder, CancellationToken cancellationToken) => Files is { } files
        ? decoder.DecodeAsync(files.Vocals, Song.SpeechRate, channels: 2, progress: null, cancellationToken)
        : decoder.DecodeAsync(_song.Info, Song.SpeechRate, channels: 2, range: null, progress: null, cancellationToken);

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    public void Dispose()
    {
        _stems.Dispose();
        _files.Dispose();
    }

    private sealed class TemporaryPair(Memo.SongMemo memo) : IDisposable
    {
        private (string Vocals, string Instrumental)? _files;

        public (string Vocals, string Instrumental) Make()
        {
            _files ??= (memo.NewFile(), memo.NewFile());
            return _files.Value;
        }

        public void Dispose()
        {
            if (_files is not { } files)
                return;
            File.Delete(files.Vocals);
            File.Delete(files.Instrumental);
        }
    }
}
