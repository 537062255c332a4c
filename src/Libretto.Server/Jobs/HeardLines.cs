using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Lyrics;

namespace Libretto.Server.Jobs;

/// <summary>
/// The lines of a song heard so far, for those who watch it being worked on. The document's own lines may be cut differently, and their
/// words are timed later.
/// </summary>
internal sealed class HeardLines
{
    private readonly Lock _lock = new();
    private readonly List<HeardLine> _lines = [];
    private string? _json;

    /// <summary>Takes a line; one heard again at its place takes the place of the earlier.</summary>
    public void Add(LyricsLine line)
    {
        if (line.Words.Count == 0)
            return;
        var heard = new HeardLine(line.Words[0].Start, line.Words[^1].End, line.Text);
        lock (_lock)
        {
            _lines.RemoveAll(other => Math.Min(other.End, heard.End) - Math.Max(other.Start, heard.Start) > (other.End - other.Start) / 2);
            _lines.Add(heard);
            _lines.Sort((one, other) => one.Start.CompareTo(other.Start));
            _json = null;
        }
    }

    /// <summary>All lines as the job's row keeps them; null while there are none.</summary>
    public string? ToJson()
    {
        lock (_lock)
            return _lines.Count == 0 ? null : _json ??= JsonSerializer.Serialize(_lines, HeardJson.Default.ListHeardLine);
    }

    /// <summary>The lines of a job's row.</summary>
    public static IReadOnlyList<HeardLine> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, HeardJson.Default.ListHeardLine) ?? [];
}

/// <summary>A line as it was heard, not timed exactly yet.</summary>
/// <param name="Start">About where it begins, in seconds.</param>
/// <param name="End">About where it ends.</param>
/// <param name="Text">Its words.</param>
internal sealed record HeardLine(double Start, double End, string Text);

/// <summary>As the row keeps it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<HeardLine>))]
internal sealed partial class HeardJson : JsonSerializerContext;
