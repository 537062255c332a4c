namespace Libretto.Server.Data.Entities;

/// <summary>An earlier version of a job's lyrics, before an edit, or what a run made while an edit kept its place.</summary>
internal sealed record LyricsVersion(string JobId, int Version, string DocumentKey, DateTime CreatedAt);
