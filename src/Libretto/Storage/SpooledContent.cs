using System.Buffers;
using System.Security.Cryptography;

namespace Libretto.Storage;

/// <summary>
/// Content on its way into a store, in a temporary file: its hash and length must be known before it is named. Disposing removes
/// the file, unless it was moved.
/// </summary>
internal sealed record SpooledContent(string Path, string Sha256, long Length) : IDisposable
{
    private const int BlockBytes = 1 << 17;

    /// <summary>Reads content to its end.</summary>
    public static async Task<SpooledContent> WriteAsync(TemporaryFolder folder, Stream content, CancellationToken cancellationToken)
    {
        var path = folder.NewFile();
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var length = 0L;
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0; length += count)
                {
                    hash.AppendData(buffer, 0, count);
                    await WriteAsync(file, buffer.AsMemory(0, count), folder, cancellationToken);
                }
            }
            return new SpooledContent(path, Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public FileStream OpenRead() =>
        new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

    public void Dispose() => File.Delete(Path);

    /// <summary>Writes a block; trouble here is the disk's, unlike trouble with the content's own stream.</summary>
    private static async Task WriteAsync(
        FileStream file, ReadOnlyMemory<byte> block, TemporaryFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(block, cancellationToken);
        }
        catch (IOException e)
        {
            throw StorageException.CannotWrite(folder.Parent, e);
        }
    }
}
