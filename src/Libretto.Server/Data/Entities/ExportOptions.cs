namespace Libretto.Server.Data.Entities;

/// <summary>What is to be made of a song whose words are there; see <c>POST /api/jobs/{id}/exports</c>.</summary>
internal sealed record ExportOptions
{
    /// <summary><c>html</c>, <c>mp4</c>, <c>cdg</c>, <c>ultrastar</c>, or <c>zip</c>: several in one file.</summary>
    public required string Kind { get; init; }

    /// <summary>What a ZIP holds, of the other kinds; all when null.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>What is heard: <c>instrumental</c> (the default), <c>mix</c> or <c>guide</c>.</summary>
    public string? Audio { get; init; }

    /// <summary>Rows of a video: 720 (the default) or 1080.</summary>
    public int? Resolution { get; init; }

    /// <summary>Behind a video's words: <c>cover</c> (the default), <c>gradient</c>, or a colour as <c>#rrggbb</c>.</summary>
    public string? Background { get; init; }
}
