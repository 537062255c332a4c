namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>lists</c>: songs that came together, as a playlist or an album.</summary>
/// <param name="Id">Sorts by time of creation.</param>
/// <param name="KeyId">The API key that asked; empty where no keys are in use.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Url">The link that led to it; null for a file.</param>
/// <param name="Found">How many songs it names in all; of long ones only the first became jobs.</param>
/// <param name="IdempotencyKey">What makes a repeated request the same list.</param>
/// <param name="CreatedAt">When it came.</param>
internal sealed record SongList(string Id, string KeyId, string Name, string? Url, int Found, string? IdempotencyKey, DateTime CreatedAt);
