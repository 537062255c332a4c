using System.Security.Cryptography;
using System.Text;

namespace Libretto.Models;

/// <summary>Tells models apart by what their files hold, wherever the folder lies and whatever it is called.</summary>
internal static class ModelIdentity
{
    private const int SampleBytes = 1 << 14;
    private const int Samples = 16;

    /// <summary>
    /// A hash over a folder's files: small ones whole, large ones by their length and by samples spread over them, since weights that
    /// differ at all differ everywhere.
    /// </summary>
    /// <param name="folder">A model's folder.</param>
    /// <exception cref="ModelException">A file cannot be read.</exception>
    public static string Of(string folder)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                // The manifest says when and from where, which makes no difference.
                if (Path.GetFileName(path) != ModelManifest.FileName)
                    Add(hash, Path.GetRelativePath(folder, path).Replace('\\', '/'), path);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ModelException.Broken(folder, folder, e);
        }
    }

    private static void Add(IncrementalHash hash, string name, string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{length}\n"));
        var buffer = new byte[SampleBytes];
        var step = Math.Max(SampleBytes, (length - SampleBytes) / (Samples - 1));
        for (long offset = 0; offset < length; offset += step)
            hash.AppendData(buffer, 0, RandomAccess.Read(file, buffer, offset));
    }
}
