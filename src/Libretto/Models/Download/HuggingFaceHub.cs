using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Libretto.Models.Download;

/// <summary>
/// Fetches files of a Hugging Face repository. What each file must be comes from the hub's own headers
/// (<c>X-Repo-Commit</c>, <c>X-Linked-Size</c>, <c>X-Linked-Etag</c> or <c>ETag</c>), at the first download; afterwards from
/// the local lock.
/// </summary>
internal sealed class HuggingFaceHub(ModelHttp http, Uri endpoint, string? token, ModelLock locks)
{
    private sealed record Declared(string Path, string Commit, long? Bytes, Checksum? Checksum);

    /// <summary>Fetches the files into a folder, keeping their paths.</summary>
    /// <returns>Where they came from, for the record.</returns>
    public async Task<string> FetchAsync(
        string name, HuggingFaceSource source, string folder, string parts, PullProgress progress, CancellationToken ct)
    {
        var locked = locks.Find(name) is { } found && found.Repository == source.Repository ? found : null;
        var files = await DeclaredAsync(source, locked, ct);
        progress.Expect(files.All(file => file.Bytes is not null) ? files.Sum(file => file.Bytes) : null);

        var got = new SortedDictionary<string, LockedFile>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var part = Part(parts, file.Path);
            var request = new FileRequest(Address(source, file.Commit, file.Path), part, file.Bytes, file.Checksum, Authorization);
            await new FileDownload(http).FetchAsync(request, progress.Advance, ct);
            var bytes = new FileInfo(part).Length;
            progress.FileDone(bytes);
            got[file.Path] = new LockedFile(bytes, await Checksum.ComputeAsync(ChecksumKind.Sha256, part, ct));
        }
        // Only when all are here: a failure in between costs none of those that are.
        foreach (var file in files)
        {
            var target = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(Part(parts, file.Path), target);
        }
        var commit = files[0].Commit;
        if (locked is null)
            await locks.AddAsync(name, new LockedModel(source.Repository, commit, got), ct);
        return $"huggingface:{source.Repository}@{commit}";
    }

    /// <summary>Returns if the hub answers as a hub does; asks for the first file only, and fetches nothing.</summary>
    public Task ProbeAsync(HuggingFaceSource source, CancellationToken ct) =>
        AskAsync(source, source.Revision, source.Files[0].PathInRepository, isOptional: true, null, ct);

    // All files are asked for at the commit of the first, so that a push in between cannot mix two versions.
    private async Task<IReadOnlyList<Declared>> DeclaredAsync(HuggingFaceSource source, LockedModel? locked, CancellationToken ct)
    {
        var declared = new List<Declared>();
        var revision = locked?.Revision ?? source.Revision;
        foreach (var file in source.Files)
        {
            if (await FindAsync(source, revision, file, locked, ct) is not { } found)
                continue;
            declared.Add(found);
            revision = found.Commit;
            if (file.MayHaveData && await AskAsync(source, revision, found.Path + "_data", isOptional: true, locked, ct) is { } data)
                declared.Add(data);
        }
        return declared;
    }

    /// <summary>The file or, where it is missing, the first alternative that is there; what was fetched before comes first.</summary>
    private async Task<Declared?> FindAsync(HuggingFaceSource source, string revision, HuggingFaceFile file, LockedModel? locked,
        CancellationToken ct)
    {
        var paths = file.Alternatives.Prepend(file.PathInRepository)
            .OrderByDescending(path => locked?.Files.ContainsKey(path) == true).ToList();
        foreach (var path in paths.SkipLast(1))
        {
            if (await AskAsync(source, revision, path, isOptional: true, locked, ct) is { } found)
                return found;
        }
        return await AskAsync(source, revision, paths[^1], file.IsOptional, locked, ct);
    }

    private async Task<Declared?> AskAsync(
        HuggingFaceSource source, string revision, string path, bool isOptional, LockedModel? locked, CancellationToken ct)
    {
        var address = Address(source, revision, path);
        try
        {
            // A redirect either leads on within the hub (a renamed repository), or to where the bytes are stored; then the
            // hub's headers about them are on the redirect itself.
            using var response = await http.RetryAsync(
                () => http.SendAsync(HttpMethod.Head, address, Authorization, ct, follow: IsWithinHub),
                () => 0,
                ct);
            var commit = Header(response, "X-Repo-Commit") ?? throw NotAHub(address);
            var length = long.TryParse(Header(response, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linked)
                ? linked
                : response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
            var tag = Header(response, "X-Linked-Etag") ?? (response.IsSuccessStatusCode ? response.Headers.ETag?.Tag : null);
            var declared = new Declared(path, commit, length, Checksum.FromEntityTag(tag));
            return locked is null ? declared : Held(declared, locked);
        }
        catch (RefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            if (locked?.Files.ContainsKey(path) == true)
                throw ModelException.ChangedUpstream(source.Repository, path, locks.File);
            if (isOptional)
                return null;
            throw;
        }
    }

    private Declared Held(Declared answer, LockedModel locked)
    {
        if (!locked.Files.TryGetValue(answer.Path, out var file))
            return answer;
        var differs = answer.Commit != locked.Revision || (answer.Bytes is { } bytes && bytes != file.Bytes) ||
                      (answer.Checksum is { Kind: ChecksumKind.Sha256 } sum && sum.Hex != file.Sha256);
        return differs
            ? throw ModelException.ChangedUpstream(locked.Repository, answer.Path, locks.File)
            : answer with { Bytes = file.Bytes, Checksum = Checksum.Sha256(file.Sha256) };
    }

    private bool IsWithinHub(HttpResponseMessage redirect) =>
        Header(redirect, "X-Linked-Etag") is null &&
        redirect.Headers.Location is { } next && (!next.IsAbsoluteUri || next.Authority == endpoint.Authority);

    private AuthenticationHeaderValue? Authorization(Uri address) =>
        token is not null && address.Authority == endpoint.Authority ? new AuthenticationHeaderValue("Bearer", token) : null;

    private static string Part(string parts, string path) => Path.Combine(parts, path.Replace('/', '-'));

    private Uri Address(HuggingFaceSource source, string revision, string path) =>
        new(endpoint, $"{source.Repository}/resolve/{Uri.EscapeDataString(revision)}/{path}");

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static ModelException NotAHub(Uri address) => new(
        ErrorKind.Missing,
        "model_not_at_source",
        $"{address} does not answer like the Hugging Face hub. Check HF_ENDPOINT and the proxy.");
}
