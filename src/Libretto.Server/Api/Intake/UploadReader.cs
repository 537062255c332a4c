using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Api.Intake;

/// <summary>Reads multipart uploads part by part, hashing the song as it comes. A request that fails leaves nothing.</summary>
internal sealed class UploadReader(TemporaryFolder workFolder, ServerOptions options) : IDisposable
{
    private const int LargestField = 1 << 20;
    private const int LongestName = 200;
    private const int MostParts = 30;

    // The reader's own default of 4 KB makes a hundred small writes of a short song.
    private const int BlockBytes = 1 << 17;

    // Songs up to this many bytes are held in memory, so many of them at most.
    private const int SmallBytes = 1 << 20;
    private const int MostSmall = 32;

    private readonly SemaphoreSlim _inMemory = new(MostSmall);

    public void Dispose() => _inMemory.Dispose();

    /// <summary>An upload to <c>/api/jobs</c>.</summary>
    public Task<Upload> ReadAsync(HttpRequest request, CancellationToken ct) => ReadAsync(
        request,
        (upload, field) =>
        {
            switch (field.Name)
            {
                case "options":
                    upload.Options = ReadOptions(field.Text);
                    return true;
                case "lyrics":
                    upload.Lyrics = GivenLyrics.Of(field.Text, field.FileName);
                    return true;
                default:
                    return false;
            }
        },
        ct);

    /// <summary>Any upload with one song in a part named file.</summary>
    /// <param name="request">The request.</param>
    /// <param name="readField">Takes another part; false when it is not known.</param>
    /// <param name="ct">Stops reading.</param>
    public async Task<Upload> ReadAsync(HttpRequest request, Func<Upload, UploadField, bool> readField, CancellationToken ct)
    {
        var boundary = BoundaryOf(request);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxUploadBytes + LargestField;
        if (request.ContentLength > options.MaxUploadBytes + LargestField)
            throw TooLarge();

        var upload = NewUpload();
        try
        {
            var reader = new MultipartReader(boundary, request.Body, BlockBytes);
            for (var parts = 1; await reader.ReadNextSectionAsync(ct) is { } section; parts++)
            {
                if (parts > MostParts)
                    throw new ApiProblem(400, "too_many_parts", $"Send at most {MostParts} parts.");
                await ReadPartAsync(section, upload, readField, ct);
            }
            return upload.Length > 0 ? upload : throw new ApiProblem(400, "file_missing", "Send the song as a part named file.");
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    private async Task ReadPartAsync(MultipartSection section, Upload upload, Func<Upload, UploadField, bool> readField, CancellationToken ct)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            throw new InvalidDataException("A part without a name.");
        var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (name == "file")
        {
            if (upload.Length > 0)
                throw new ApiProblem(400, "two_files", "Send one song a job.");
            upload.FileName = NameOf(disposition);
            await SpoolAsync(section.Body, upload, ct);
        }
        else if (!readField(upload, new UploadField(name, NameOf(disposition), await ReadTextAsync(section.Body, name, ct))))
        {
            throw ApiProblem.UnknownField(name);
        }
    }

    private Upload NewUpload()
    {
        var isSmall = _inMemory.Wait(0);
        var spool = new UploadSpool(workFolder, isSmall ? SmallBytes : BlockBytes);
        return new Upload(spool, isSmall ? () => _inMemory.Release() : null);
    }

    private async Task SpoolAsync(Stream body, Upload upload, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int count; (count = await body.ReadAsync(upload.Spool.Free, ct)) > 0;)
        {
            var block = upload.Spool.Free[..count];
            if (upload.Length == 0 && Containers.IsNoAudio(block.Span))
                throw new ApiProblem(415, "not_audio", "This is not audio, whatever its name says. Send the song itself.");
            upload.Length += count;
            if (upload.Length > options.MaxUploadBytes)
                throw TooLarge();
            hash.AppendData(block.Span);
            await upload.Spool.AdvanceAsync(count, ct);
        }
        if (upload.Length == 0)
            throw new ApiProblem(400, "file_empty", "The file is empty. Send the song itself.");
        upload.Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<string> ReadTextAsync(Stream body, string name, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = await body.ReadAsync(buffer, ct)) > 0;)
        {
            text.Write(buffer, 0, count);
            if (text.Length > LargestField)
                throw new ApiProblem(413, "too_large", $"The part {name} is larger than 1 MB.");
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static JobOptions ReadOptions(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ApiJson.Readable.JobOptions) ?? new JobOptions();
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadJson("The part options", e);
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ||
            !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ApiProblem(415, "content_type_unsupported", "Post multipart/form-data with a part named file, or application/json.");
        return HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary
            ? boundary.ToString()
            : throw new InvalidDataException("No boundary.");
    }

    private static string? NameOf(ContentDispositionHeaderValue disposition) =>
        SafeName((disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).ToString());

    /// <summary>A name for people: what stands after the last slash of either kind, without control characters.</summary>
    private static string? SafeName(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(last.Where(c => !char.IsControl(c))).Trim();
        return clean.Length == 0 ? null : clean[..Math.Min(clean.Length, LongestName)];
    }

    private ApiProblem TooLarge() => new(413, "too_large", $"The file is larger than this server takes: {options.MaxUploadBytes / 1_000_000} MB.");
}

/// <summary>A part of an upload beside the song.</summary>
internal sealed record UploadField(string Name, string? FileName, string Text);

/// <summary>A song that was sent, and what came with it.</summary>
/// <param name="spool">Its bytes; disposed of with this.</param>
/// <param name="release">Called when they are gone.</param>
internal sealed class Upload(UploadSpool spool, Action? release) : IDisposable
{
    private bool _isGone;

    public UploadSpool Spool { get; } = spool;

    public string? FileName { get; set; }

    public long Length { get; set; }

    public string Sha256 { get; set; } = "";

    public JobOptions Options { get; set; } = new();

    /// <summary>The words, where they came with the song.</summary>
    public GivenLyrics? Lyrics { get; set; }

    /// <summary>May be called again: whoever waits for the job's end lets the song go before.</summary>
    public void Dispose()
    {
        if (_isGone)
            return;
        _isGone = true;
        Spool.Dispose();
        release?.Invoke();
    }
}
