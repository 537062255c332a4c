namespace Libretto.Server.Data.Entities;

/// <summary>A key that opens the API; the secret itself is not kept.</summary>
internal sealed record ApiKey(string Id, string Name, string Hash, string Scope, DateTime CreatedAt, DateTime? RevokedAt);
