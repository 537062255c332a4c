namespace Libretto.Server.Data.Entities;

/// <summary>What is to be made of a song whose words are there; see <c>POST /api/jobs/{id}/exports</c>.</summary>
internal sealed record ExportOptions
{
    /// <summary><c>html</c>, <c>mp4</c>, <c>cdg</c> or <c>ultrastar</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What is heard: <c>instrumental</c> (the default), <c>mix</c> or <c>guide</c>.</summary>
    public string? Audio { get; init; }

    /// <summary>Rows of a video: 720 (the default) or 1080.</summary>
    public int? Resolution { get; init; }

    /// <summary>Behind a video's words: <c>cover</c> (the default), <c>gradient</c>, or a colour as <c>#rrggbb</c>.</summary>
    public string? Background { get; init; }
}
