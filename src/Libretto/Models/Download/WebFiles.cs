namespace Libretto.Models.Download;

/// <summary>Fetches files that lie at addresses of their own.</summary>
internal sealed class WebFiles(ModelHttp http)
{
    /// <summary>Fetches the files into a folder.</summary>
    /// <returns>Where they came from, for the record.</returns>
    public async Task<string> FetchAsync(WebSource source, string folder, string parts, PullProgress progress, CancellationToken ct)
    {
        progress.Expect(source.Files.Sum(file => file.Bytes));
        foreach (var file in source.Files)
        {
            var request = new FileRequest(file.Address, Part(parts, file), file.Bytes, Checksum.Sha256(file.Sha256), _ => null);
            await new FileDownload(http).FetchAsync(request, progress.Advance, ct);
            progress.FileDone(file.Bytes);
        }
        // Only when all are here: a failure in between costs none of those that are.
        foreach (var file in source.Files)
        {
            var target = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(Part(parts, file), target);
        }
        return string.Join(' ', source.Files.Select(file => $"web:{file.Address}"));
    }

    private static string Part(string parts, WebFile file) => Path.Combine(parts, file.Path.Replace('/', '-'));
}
