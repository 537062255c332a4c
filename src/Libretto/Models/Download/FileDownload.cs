using System.Net;
using System.Net.Http.Headers;

namespace Libretto.Models.Download;

/// <summary>A file to fetch.</summary>
/// <param name="Address">From where.</param>
/// <param name="Part">Where its bytes gather, and stay if the download is cut; resumed by the next one.</param>
/// <param name="Length">Its length, where it is known beforehand.</param>
/// <param name="Checksum">Its checksum, where it is known beforehand.</param>
/// <param name="Authorization">The credentials for an address on the way.</param>
internal sealed record FileRequest(
    Uri Address,
    string Part,
    long? Length,
    Checksum? Checksum,
    Func<Uri, AuthenticationHeaderValue?> Authorization);

/// <summary>Fetches a file over HTTP: resumed where it was cut, checked when it is whole.</summary>
internal sealed class FileDownload(ModelHttp http)
{
    /// <summary>Fetches the file; when this returns, <see cref="FileRequest.Part"/> is whole and as declared.</summary>
    /// <param name="request">What to fetch.</param>
    /// <param name="onBytes">Called with the number of bytes there.</param>
    /// <param name="ct">Stops; what has come stays for the next time.</param>
    public async Task FetchAsync(FileRequest request, Action<long> onBytes, CancellationToken ct)
    {
        var resumed = ReadyToResume(request);
        await http.RetryAsync(() => AttemptAsync(request, onBytes, ct), () => Have(request), ct);
        if (await IsAsDeclaredAsync(request, ct))
            return;
        Discard(request);
        if (!resumed)
            throw ModelException.WrongContent(request.Address);
        // The beginning may be an older file's: once more from nothing before the source is blamed.
        await FetchAsync(request, onBytes, ct);
    }

    private async Task<bool> AttemptAsync(FileRequest request, Action<long> onBytes, CancellationToken ct)
    {
        var have = Have(request);
        if (have > 0 && have == request.Length)
            return true;
        var tag = have > 0 ? EntityTag(request) : null;
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(HttpMethod.Get, request.Address, request.Authorization, ct, message =>
            {
                if (have == 0)
                    return;
                message.Headers.Range = new RangeHeaderValue(have, null);
                if (tag is not null)
                    message.Headers.IfRange = new RangeConditionHeaderValue(tag);
            });
        }
        catch (RefusedException e) when (e.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            Discard(request);
            throw new TransientFailureException(e.Address, "the part already here did not fit", inner: e);
        }
        using (response)
        {
            if (!response.IsSuccessStatusCode)
                throw new RefusedException(request.Address, response.StatusCode);
            var start = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? 0 : 0;
            if (start != 0 && start != have)
            {
                Discard(request);
                throw new TransientFailureException(request.Address, "it sent another part than asked for");
            }
            if (request.Length is { } expected && response.Content.Headers.ContentLength is { } rest && start + rest != expected)
                throw ModelException.WrongContent(request.Address);
            await AppendAsync(request, response, start, onBytes, ct);
        }
        return true;
    }

    private async Task AppendAsync(FileRequest request, HttpResponseMessage response, long start, Action<long> onBytes,
        CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(request.Part)!);
        await using var file = new FileStream(request.Part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1, useAsync: true);
        file.SetLength(start);
        file.Position = start;
        await File.WriteAllTextAsync(Tag(request), $"{response.Headers.ETag}\n{request.Checksum?.Hex}\n", ct);

        var buffer = new byte[1 << 17];
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        while (true)
        {
            var count = await ReadAsync(request.Address, body, buffer, ct);
            if (count == 0)
                return;
            await file.WriteAsync(buffer.AsMemory(0, count), ct);
            onBytes(file.Position);
        }
    }

    private async Task<int> ReadAsync(Uri address, Stream body, Memory<byte> buffer, CancellationToken ct)
    {
        using var silence = new CancellationTokenSource(http.Patience.Silence, http.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new TransientFailureException(address, "the connection broke off", inner: e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TransientFailureException(address, $"nothing came for {http.Patience.Silence.TotalSeconds:0} s", inner: e);
        }
    }

    private static async Task<bool> IsAsDeclaredAsync(FileRequest request, CancellationToken ct) =>
        (request.Length is not { } length || Have(request) == length) &&
        (request.Checksum is not { } checksum || await checksum.MatchesAsync(request.Part, ct));

    // Bytes from an earlier run are only worth keeping if something can tell that they belong to the same file.
    private static bool ReadyToResume(FileRequest request)
    {
        if (Have(request) == 0)
            return false;
        var notes = File.Exists(Tag(request)) ? File.ReadAllLines(Tag(request)) : [];
        var sameChecksum = request.Checksum is { } checksum && notes.ElementAtOrDefault(1) == checksum.Hex;
        var fits = request.Length is not { } length || Have(request) <= length;
        if (fits && (sameChecksum || (request.Checksum is null && EntityTag(request) is not null)))
            return true;
        Discard(request);
        return false;
    }

    // A weak tag promises equal meaning, not equal bytes.
    private static EntityTagHeaderValue? EntityTag(FileRequest request) =>
        File.Exists(Tag(request)) &&
        EntityTagHeaderValue.TryParse(File.ReadLines(Tag(request)).FirstOrDefault() ?? "", out var tag) && !tag.IsWeak ? tag : null;

    private static long Have(FileRequest request) => new FileInfo(request.Part) is { Exists: true } file ? file.Length : 0;

    private static void Discard(FileRequest request)
    {
        File.Delete(request.Part);
        File.Delete(Tag(request));
    }

    private static string Tag(FileRequest request) => request.Part + ".tag";
}
