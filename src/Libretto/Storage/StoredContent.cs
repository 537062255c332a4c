namespace Libretto.Storage;

/// <summary>What a caller says of content it stores.</summary>
/// <param name="ContentType">Its media type, such as <c>audio/flac</c>.</param>
public sealed record ContentDescription(string ContentType)
{
    /// <summary>Short facts kept beside the bytes, such as a duration or a method; none by default. No secrets.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a store knows of content it holds.</summary>
/// <param name="Key">Where it lies.</param>
/// <param name="Sha256">SHA-256 of the bytes, lower-case hexadecimal.</param>
/// <param name="Length">Bytes.</param>
/// <param name="StoredAt">When it was stored.</param>
/// <param name="Description">What the caller said of it.</param>
public sealed record StoredContent(string Key, string Sha256, long Length, DateTimeOffset StoredAt, ContentDescription Description);

/// <summary>Content being read; dispose of it to close the stream.</summary>
/// <param name="Content">What is known of it.</param>
/// <param name="Stream">Its bytes, from the first; can seek.</param>
public sealed record ContentReading(StoredContent Content, Stream Stream) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
