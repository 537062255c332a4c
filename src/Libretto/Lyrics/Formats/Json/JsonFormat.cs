using System.Globalization;
using System.Text.Json;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

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

    public string Write(LyricsDocument document, LyricsNotices? notices = null) =>
        JsonSerializer.Serialize(DocumentRules.Normalize(document), LyricsJson.Readable.LyricsDocument) + "\n";

    public LyricsDocument Read(string text, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var json = JsonText.Parse(text, "Libretto JSON");
        CheckSchema(json.RootElement);
        var document = Document(text, json.RootElement, notices);
        var lines = (document.Lines ?? []).Select((line, i) => new PlacedLine(Complete(line, i, notices)!, i))
            .Where(placed => placed.Line is not null).ToList();
        document = document with
        {
            Lines = [.. lines.Select(placed => placed.Line)],
            Sections = lines.Count == document.Lines?.Count ? document.Sections : LyricsSections.Follow(document.Sections, lines),
        };
        var faults = DocumentRules.Validate(document);
        if (faults.Count == 0)
            return document;
        // Who asks for notices wants the lyrics all the same; who does not, as an editor that saves, is told that they are wrong.
        if (notices is null)
            throw LyricsFormatException.NotThisFormat($"normalized {LyricsDocument.SchemaName}", faults[0]);
        foreach (var fault in faults)
            notices.Add($"{fault.TrimEnd('.')}; it was put right");
        return DocumentRules.Normalize(document);
    }

    private static LyricsDocument Document(string text, JsonElement root, LyricsNotices? notices)
    {
        try
        {
            // Not from the parsed form: only the text tells the line of a wrong value.
            return JsonSerializer.Deserialize(text.TrimStart('\uFEFF'), LyricsJson.Readable.LyricsDocument)!;
        }
        catch (JsonException exception)
        {
            if (notices is null)
                throw JsonText.Broken("Libretto JSON", exception);
            try
            {
                return new JsonSalvage(notices).Read(root);
            }
            catch (JsonException)
            {
                throw JsonText.Broken("Libretto JSON", exception);
            }
        }
    }

    private static void CheckSchema(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out var schema))
            throw LyricsFormatException.NotThisFormat(
                LyricsDocument.SchemaName, "it has no \"schema\". Name an answer of OpenAI's or Groq's transcription .verbose.json.");
        if (schema.ValueKind != JsonValueKind.String || schema.GetString() != LyricsDocument.SchemaName)
            throw new LyricsFormatException(
                ErrorKind.Input,
                "lyrics_schema",
                $"The lyrics have the schema {schema.GetRawText()}; this version of Libretto reads \"{LyricsDocument.SchemaName}\".");
    }

    /// <summary>A line with words; null where it has no text, if that can be told.</summary>
    private static LyricsLine? Complete(LyricsLine? line, int index, LyricsNotices? notices)
    {
        var words = line?.Words is { Count: > 0 }
            ? line.Words
            : LineSpread.Over(WordText.Words(line?.Text), Milliseconds.From(line?.Start ?? 0), Milliseconds.From(line?.End ?? 0));
        if (line is null || words.Count == 0 || words.Any(word => word?.Text is null))
        {
            if (notices is null)
                throw LyricsFormatException.NotThisFormat(LyricsDocument.SchemaName, "one of its lines or words is null or has no text.");
            words = [.. words.Where(word => word?.Text is not null)];
            var isLost = line is null || words.Count == 0;
            var fault = isLost ? "has no words that can be read; it was" : "has words without text; they were";
            notices.Add(string.Create(CultureInfo.InvariantCulture, $"what stands at lines[{index}] {fault} left out"));
            return isLost ? null : line!.WithWords(words);
        }
        // A line's times are its words'; only its text is worth a complaint, for someone may have edited it.
        var complete = line.WithWords(words);
        return complete with { Text = line.Text ?? complete.Text };
    }
}
