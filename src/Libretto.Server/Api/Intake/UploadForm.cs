using System.Text;
using Libretto.Server.Http;

namespace Libretto.Server.Api.Intake;

/// <summary>Takes the parts of an upload beside the song: <see cref="JobForm"/> and OpenAI's.</summary>
internal interface IUploadForm
{
    /// <summary>Whether it takes a field, by its name without brackets; asked before the field is read.</summary>
    bool Knows(string name);

    /// <summary>Takes a field that it knows.</summary>
    /// <exception cref="ApiProblem">Its value means nothing.</exception>
    void Take(Upload upload, UploadField field);

    /// <summary>Meets a field that it does not know, and that is no file.</summary>
    void Miss(string name);
}

/// <summary>A part of an upload beside the song.</summary>
/// <param name="Name">Its name, without brackets.</param>
/// <param name="FileName">What the client calls it, where it came as a file.</param>
/// <param name="Bytes">What it holds.</param>
internal sealed record UploadField(string Name, string? FileName, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The bytes as UTF-8, without a byte order mark.</summary>
    public string Text => field ??= Encoding.UTF8.GetString(Bytes.Span).TrimStart('\uFEFF');
}
