using System.Buffers;
using Libretto.Storage;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// The bytes of an upload as they come: in memory while they are few, since a song that is in the store already needs no file; in a
/// temporary file, which goes with the object, once they are many or the file is asked for.
/// </summary>
/// <param name="folder">Where the file is made.</param>
/// <param name="capacity">How many bytes are held in memory.</param>
internal sealed class UploadSpool(TemporaryFolder folder, int capacity) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _count;
    private string? _path;

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_count);

    /// <summary>Takes the bytes that were put at the start of <see cref="Free"/>.</summary>
    public async ValueTask AdvanceAsync(int count, CancellationToken ct)
    {
        _count += count;
        if (_count == _buffer.Length)
            await WriteOutAsync(ct);
    }

    /// <summary>The path of a file that holds all of them.</summary>
    public async Task<string> FileAsync(CancellationToken ct)
    {
        if (_count > 0 || _path is null)
            await WriteOutAsync(ct);
        return _path!;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_path is not null)
            File.Delete(_path);
    }

    private async Task WriteOutAsync(CancellationToken ct)
    {
        _path ??= folder.NewFile();
        await using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        await file.WriteAsync(_buffer.AsMemory(0, _count), ct);
        _count = 0;
    }
}
