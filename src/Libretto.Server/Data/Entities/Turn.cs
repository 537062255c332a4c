namespace Libretto.Server.Data.Entities;

/// <summary>When a key's jobs were last served in a lane.</summary>
internal sealed record Turn(string KeyId, string Lane, DateTime ServedAt);
