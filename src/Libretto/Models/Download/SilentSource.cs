using System.Globalization;

namespace Libretto.Models.Download;

/// <summary>
/// Remembers, in the cache, that the hub could not be reached, so that not every song waits for it anew; after an hour it is asked again. A
/// cache that cannot be written forgets, which costs seconds only.
/// </summary>
internal sealed class SilentSource(ModelStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    private string File => Path.Combine(options.CacheFolder, ".hub-unreachable");

    /// <summary>How long ago this hub did not answer, in words; null when it may be asked.</summary>
    public string? Since()
    {
        try
        {
            if (System.IO.File.ReadAllLines(File) is not [var endpoint, var stamp] || endpoint != options.HubEndpoint.AbsoluteUri ||
                !DateTimeOffset.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var then))
            {
                return null;
            }
            var ago = time.GetUtcNow() - then;
            return ago < Rest && ago >= TimeSpan.Zero
                ? $"{Math.Ceiling(ago.TotalMinutes):0} min ago (it is asked again after an hour)" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Remember()
    {
        try
        {
            Directory.CreateDirectory(options.CacheFolder);
            System.IO.File.WriteAllText(File, $"{options.HubEndpoint.AbsoluteUri}\n{time.GetUtcNow():O}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Asked again the next time.
        }
    }
}
