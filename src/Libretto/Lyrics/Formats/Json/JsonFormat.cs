using System.Text.Json;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>
/// The product's own JSON, schema <c>libretto/1</c>. Holds everything a document does; every time to 1 ms. A word stands on
/// one line, so that files can be read and compared. Fields that are unknown are absent; fields that a reader does not know are
/// ignored. A line without <c>words</c> gets them from its text, spread over it.
/// </summary>
internal sealed class JsonFormat : ILyricsFormat
{
    public string Name => "json";

    public string Extension => ".json";

    public string MediaType => "application/json";

    public string Keeps => "everything; every word to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document) =>
        JsonSerializer.Serialize(DocumentRules.Normalize(document), LyricsJson.Readable.LyricsDocument) + "\n";

    public LyricsDocument Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var json = JsonText.Parse(text, "Libretto JSON");
        CheckSchema(json.RootElement);
        LyricsDocument document;
        try
        {
            // Not from the parsed form: only the text tells the line of a wrong value.
            document = JsonSerializer.Deserialize(text.TrimStart('\uFEFF'), LyricsJson.Readable.LyricsDocument)!;
        }
        catch (JsonException exception)
        {
            throw JsonText.Broken("Libretto JSON", exception);
        }
        document = document with { Lines = [.. (document.Lines ?? []).Select(Complete)] };
        return DocumentRules.Validate(document) is [var fault, ..]
            ? throw LyricsFormatException.NotThisFormat($"valid {LyricsDocument.SchemaName}", fault)
            : document;
    }

    private static void CheckSchema(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out var schema))
            throw LyricsFormatException.NotThisFormat(
                LyricsDocument.SchemaName, "it has no \"schema\". Name an answer of OpenAI's or Groq's transcription .verbose.json.");
        if (schema.ValueKind != JsonValueKind.String || schema.GetString() != LyricsDocument.SchemaName)
            throw new LyricsFormatException(
                "lyrics_schema", $"The lyrics have the schema {schema.GetRawText()}; this version of Libretto reads \"{LyricsDocument.SchemaName}\".");
    }

    private static LyricsLine Complete(LyricsLine? line)
    {
        if (line is null)
            throw LyricsFormatException.NotThisFormat(LyricsDocument.SchemaName, "one of its lines is null.");
        var words = line.Words is { Count: > 0 }
            ? line.Words
            : LineSpread.Over(WordText.Words(line.Text), Milliseconds.From(line.Start), Milliseconds.From(line.End));
        if (words.Count == 0 || words.Any(word => word?.Text is null))
            throw LyricsFormatException.NotThisFormat(LyricsDocument.SchemaName, "one of its lines or words has no text.");
        // A line's times are its words'; only its text is worth a complaint, for someone may have edited it.
        var complete = line.WithWords(words);
        return complete with { Text = line.Text ?? complete.Text };
    }
}
