using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Libretto.Acquire;

/// <summary>
/// Passes on the answer of a web server whose body is compressed, block by block, and only what has been unpacked here first and found
/// to be within bounds: a page of 19 kB may hold 20 MB, packed once or several times over.
/// </summary>
/// <param name="server">Says the answer.</param>
/// <param name="client">Gets it as it was said.</param>
/// <param name="mostBytes">What may come out of the body.</param>
internal sealed class BoundedBody(Stream server, Stream client, long mostBytes)
{
    // Nobody packs more than twice, and each layer costs memory.
    private const int MostLayers = 3;

    /// <summary>The encodings of an answer's body, the outermost last; none when it is as it is.</summary>
    /// <param name="headers">The lines of its head.</param>
    public static IReadOnlyList<string> EncodingsOf(IEnumerable<string> headers) =>
        [.. Values(headers, "Content-Encoding").Where(encoding => encoding is not ("identity" or ""))];

    /// <summary>Passes the body on.</summary>
    /// <param name="headers">The lines of the answer's head, which was passed on already.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>
    /// False when it holds more than it may, or is packed in a way that cannot be looked into; what was passed on before is all the client
    /// gets.
    /// </returns>
    public async Task<bool> PassAsync(IReadOnlyList<string> headers, CancellationToken cancellationToken)
    {
        var encodings = EncodingsOf(headers);
        if (encodings.Count > MostLayers)
            return false;
        var passing = new PassingStream(server, client);
        var length = Values(headers, "Content-Length").FirstOrDefault();
        Stream body = Values(headers, "Transfer-Encoding").Contains("chunked") ? new ChunkedStream(passing)
            : long.TryParse(length, CultureInfo.InvariantCulture, out var bytes) ? new FirstBytes(passing, bytes)
            : passing;
        try
        {
            foreach (var encoding in encodings.Reverse())
            {
                if (await UnpackAsync(body, encoding, cancellationToken) is not { } unpacked)
                    return false;
                body = unpacked;
            }
            var buffer = new byte[1 << 16];
            var left = mostBytes;
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                if ((left -= count) < 0)
                    return false;
        }
        catch (InvalidDataException)
        {
            // Packed wrongly: what follows cannot be looked into.
            return false;
        }
        // The end of a chunked body, and nothing beyond it.
        await passing.FlushAsync(cancellationToken);
        return true;
    }

    private static async Task<Stream?> UnpackAsync(Stream packed, string encoding, CancellationToken cancellationToken)
    {
        switch (encoding)
        {
            case "gzip" or "x-gzip":
                return new GZipStream(packed, CompressionMode.Decompress);
            case "br":
                return new BrotliStream(packed, CompressionMode.Decompress);
            case "deflate":
                // Said of two formats; a head of zlib's is a multiple of 31 and names method 8.
                var head = new byte[2];
                var count = await packed.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
                var whole = new Prefixed(head.AsMemory(0, count), packed);
                return count == 2 && (head[0] & 15) == 8 && ((head[0] << 8) | head[1]) % 31 == 0
                    ? new ZLibStream(whole, CompressionMode.Decompress)
                    : new DeflateStream(whole, CompressionMode.Decompress);
            default:
                return null;
        }
    }

    private static IEnumerable<string> Values(IEnumerable<string> headers, string name) => headers
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .SelectMany(line => line[(name.Length + 1)..].Split(','))
        .Select(value => value.Trim().ToLowerInvariant());

    /// <summary>What is read of it goes to the client when the next is asked for: by then it has been unpacked whole.</summary>
    private sealed class PassingStream(Stream from, Stream to) : ReadOnlyStream
    {
        private byte[] _pending = [];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await FlushAsync(cancellationToken);
            var count = await from.ReadAsync(buffer, cancellationToken);
            _pending = buffer[..count].ToArray();
            return count;
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await to.WriteAsync(_pending, cancellationToken);
            _pending = [];
        }
    }

    private sealed class FirstBytes(Stream from, long bytes) : ReadOnlyStream
    {
        private long _left = bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = _left <= 0 ? 0 : await from.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }
    }

    /// <summary>What was read already, then the rest.</summary>
    internal sealed class Prefixed(ReadOnlyMemory<byte> first, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _first = first;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_first.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(_first.Length, buffer.Length);
            _first[..count].CopyTo(buffer);
            _first = _first[count..];
            return count;
        }
    }

    /// <summary>A body in chunks (RFC 9112, section 7.1), to the end of its last one.</summary>
    private sealed class ChunkedStream(Stream from) : ReadOnlyStream
    {
        private const int LongestLine = 4096;
        private readonly byte[] _one = new byte[1];
        private long _left;
        private bool _isFirst = true;
        private bool _isOver;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_isOver || buffer.IsEmpty)
                return 0;
            if (_left == 0 && !await BeginChunkAsync(cancellationToken))
                return 0;
            var count = await from.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        private async Task<bool> BeginChunkAsync(CancellationToken cancellationToken)
        {
            if (!_isFirst)
                await ReadLineAsync(cancellationToken);
            _isFirst = false;
            var line = await ReadLineAsync(cancellationToken);
            var size = line.Split(';')[0].Trim();
            if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
                throw new InvalidDataException("A chunk without a length.");
            if (_left > 0)
                return true;
            _isOver = true;
            while (await ReadLineAsync(cancellationToken) is { Length: > 0 })
            {
                // What is said after the body.
            }
            return false;
        }

        private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
        {
            var line = new StringBuilder();
            while (await from.ReadAsync(_one, cancellationToken) == 1 && _one[0] != '\n')
                if (line.Append((char)_one[0]).Length > LongestLine)
                    throw new InvalidDataException("A line without an end.");
            return line.ToString().TrimEnd('\r');
        }
    }

    /// <summary>A stream that is only read, and only asynchronously.</summary>
    internal abstract class ReadOnlyStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
