namespace Libretto.Storage;

/// <summary>Bytes beyond the network as a stream that can seek: after a seek they are fetched from there on, when next read.</summary>
/// <param name="store">Where from, for messages.</param>
/// <param name="length">How many bytes there are.</param>
/// <param name="open">Opens them from a place on.</param>
internal sealed class RangedStream(string store, long length, Func<long, CancellationToken, Task<Stream>> open) : Stream
{
    private Stream? _open;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position)
                return;
            Close(ref _open);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        _open ??= await open(_position, cancellationToken);
        try
        {
            var count = await _open.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                throw new EndOfStreamException("the connection broke off");
            _position += count;
            return count;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Each store's client has its own words for a broken connection.
            throw StorageException.Unreachable(store, e.Message, e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Close(ref _open);
        base.Dispose(disposing);
    }

    private static void Close(ref Stream? stream)
    {
        try
        {
            stream?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A client may check what it has not read yet; nobody needs that any more.
        }
        stream = null;
    }
}
