namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>data_keys</c>.</summary>
internal sealed record DataKey(string Id, string Sealed, DateTime CreatedAt);
