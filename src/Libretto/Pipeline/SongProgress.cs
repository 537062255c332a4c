using Libretto.Lyrics;
using Libretto.Models;

namespace Libretto.Pipeline;

/// <summary>How far a song has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Fraction">Share of the whole work done, 0 to 1; never goes back.</param>
/// <param name="Message">What is being done, in a few words.</param>
public sealed record SongProgress(Stage Stage, double Fraction, string Message)
{
    /// <summary>
    /// How it is done: an engine or model, <c>cache</c> where the result was kept from an earlier time; null while unknown.
    /// </summary>
    public string? Method { get; init; }

    /// <summary>About the time left; null while unknown.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>A line just recognised. The document's own lines may be cut differently.</summary>
    public LyricsLine? Line { get; init; }

    /// <summary>A model that has to be fetched first.</summary>
    public ModelProgress? Model { get; init; }

    /// <summary>Something the user should know; see <see cref="SongResult.Notices"/>.</summary>
    public string? Notice { get; init; }
}
