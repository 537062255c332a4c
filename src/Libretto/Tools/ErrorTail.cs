using System.Text;

namespace Libretto.Tools;

/// <summary>The last lines a program wrote, however much it writes and however long its lines are.</summary>
internal sealed class ErrorTail
{
    private const int Kept = 8 * 1024;
    private const int MostLines = 20;

    private readonly byte[] _ring = new byte[Kept];
    private readonly Lock _lock = new();
    private long _written;

    /// <summary>Reads the stream to its end.</summary>
    public async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            Add(buffer.AsSpan(0, count));
    }

    /// <summary>The last lines, oldest first, without blank ones.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = Text().Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > MostLines ? lines[^MostLines..] : lines;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (var b in bytes)
                _ring[_written++ % Kept] = b;
        }
    }

    private string Text()
    {
        lock (_lock)
        {
            if (_written <= Kept)
                return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var oldest = (int)(_written % Kept);
            return Encoding.UTF8.GetString([.. _ring.AsSpan(oldest), .. _ring.AsSpan(0, oldest)]);
        }
    }
}
