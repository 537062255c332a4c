using System.Security.Cryptography;
using Libretto.Lyrics.Reading;
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
internal sealed class UploadReader(TemporaryFolder workFolder, ServerOptions options, TimeProvider time) : IDisposable
{
    private const string FilePart = "file";
    private const int LargestField = 1 << 20;
    private const int MostParts = 30;

    // The reader's own default of 4 KB makes a hundred small writes of a short song.
    private const int BlockBytes = 1 << 17;

    // Songs up to this many bytes are held in memory, so many of them at most.
    private const int SmallBytes = 1 << 20;
    private const int MostSmall = 32;

    private readonly SemaphoreSlim _inMemory = new(MostSmall);

    public void Dispose() => _inMemory.Dispose();

    /// <summary>An upload to <c>/api/jobs</c>.</summary>
    public async Task<Upload> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var form = new JobForm();
        var upload = await ReadAsync(request, form, ct);
        upload.Options = form.Options;
        return upload;
    }

    /// <summary>Any upload with one song in a part named file.</summary>
    /// <param name="request">The request.</param>
    /// <param name="form">Takes the other parts.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="ApiProblem">It is no such upload, too large, or too slow.</exception>
    public async Task<Upload> ReadAsync(HttpRequest request, IUploadForm form, CancellationToken ct)
    {
        var boundary = BoundaryOf(request);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxUploadBytes + LargestField;
        if (request.ContentLength > options.MaxUploadBytes + LargestField)
            throw TooLarge();

        // The least rate is Kestrel's to hold.
        using var longest = new CancellationTokenSource(options.UploadTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, longest.Token);
        var upload = NewUpload();
        try
        {
            var reader = new MultipartReader(boundary, request.Body, BlockBytes);
            for (var parts = 1; await reader.ReadNextSectionAsync(both.Token) is { } section; parts++)
            {
                if (parts > MostParts)
                    throw new ApiProblem(400, "too_many_parts", $"Send at most {MostParts} parts.");
                await ReadPartAsync(section, upload, form, both.Token);
            }
            return upload.Length > 0
                ? upload : throw new ApiProblem(400, "file_missing", "Send the song as a part named file.") { Param = FilePart };
        }
        catch (OperationCanceledException) when (longest.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            upload.Dispose();
            throw new ApiProblem(408, "too_slow",
                $"The upload took longer than {options.UploadTime.TotalMinutes:0.#} minutes and was given up. Try again by a faster way.");
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    private async Task ReadPartAsync(MultipartSection section, Upload upload, IUploadForm form, CancellationToken ct)
    {
        var part = PartHeader.Read(section.ContentDisposition) ?? throw new InvalidDataException("A part without a name.");
        var name = FormValue.NameOf(part.Name);
        if (name == FilePart)
            await ReadSongAsync(section, part, upload, ct);
        else if (form.Knows(name))
            await ReadFieldAsync(section, part, name, upload, form, ct);
        else if (part.IsFile)
            throw ApiProblem.MisnamedFile(part.Name);
        else
            form.Miss(part.Name);
    }

    private static async Task ReadFieldAsync(MultipartSection section, PartHeader part, string name, Upload upload, IUploadForm form,
        CancellationToken ct)
    {
        var bytes = await ReadBytesAsync(section.Body, name, ct);
        // What browsers send for a chooser of files where none was chosen.
        var isLeftBlank = part.IsFile && part.FileName is null && bytes.IsEmpty;
        if (!isLeftBlank)
            form.Take(upload, new UploadField(name, part.FileName, bytes));
    }

    private async Task ReadSongAsync(MultipartSection section, PartHeader part, Upload upload, CancellationToken ct)
    {
        if (upload.Length > 0)
            throw new ApiProblem(400, "two_files", "Send one song a job.") { Param = FilePart };
        upload.FileName = part.FileName;
        await SpoolAsync(section.Body, upload, ct);
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
                throw new ApiProblem(415, ErrorCodes.NotAudio,
                    "This is not audio, whatever its name says. Send the song itself.") { Param = FilePart };
            upload.Length += count;
            if (upload.Length > options.MaxUploadBytes)
                throw TooLarge();
            hash.AppendData(block.Span);
            await upload.Spool.AdvanceAsync(count, ct);
        }
        if (upload.Length == 0)
            throw new ApiProblem(400, "file_empty", "The file is empty. Send the song itself.") { Param = FilePart };
        upload.Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(Stream body, string name, CancellationToken ct)
    {
        var largest = name == "lyrics" ? LyricsReader.LargestFile : LargestField;
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = await body.ReadAsync(buffer, ct)) > 0;)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > largest)
                throw new ApiProblem(413, "too_large", $"The part {name} is larger than {largest / 1_000_000} MB.") { Param = name };
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
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

    private ApiProblem TooLarge() =>
        new(413, "too_large", $"The file is larger than this server takes: {options.MaxUploadBytes / 1_000_000} MB.");
}

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
