namespace Libretto.Server.Data.Entities;

/// <summary>A link that shows a job's song, read-only, until it expires or its row is removed.</summary>
internal sealed record Share(string Id, string JobId, DateTime CreatedAt, DateTime ExpiresAt);
