using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>
/// Reads a <c>libretto/1</c> document some of whose values are of the wrong kind, as an editor or a script may leave them. Such a value
/// costs itself where it can be done without, else its word, else its line; each is told by its place, as <c>lines[3].words[0]</c>.
/// </summary>
internal sealed partial class JsonSalvage(LyricsNotices notices)
{
    /// <summary>What has more faults is another document, or no document.</summary>
    private const int MostFaults = 500;

    private int _faults;

    /// <summary>What can be read of a document.</summary>
    /// <param name="root">An object.</param>
    /// <exception cref="JsonException">It has no list of lines, or far too many faults.</exception>
    public LyricsDocument Read(JsonElement root)
    {
        if (!root.TryGetProperty("lines", out var list) || list.ValueKind != JsonValueKind.Array)
            throw new JsonException("it has no list of lines.");
        var hasDuration = root.TryGetProperty("duration", out var duration) && duration.ValueKind == JsonValueKind.Number;
        if (!hasDuration)
            Tell("the duration cannot be read; that of the words was taken");
        var head = Whole(root, LyricsJson.Compact.LyricsDocument, "", needed: [], left: ["lines", "duration"],
            added: """ "lines": [], "duration": """ + (hasDuration ? duration.GetRawText() : "0"));
        var lines = list.EnumerateArray().Select((line, i) => Line(line, string.Create(CultureInfo.InvariantCulture, $"lines[{i}]")));
        return head! with { Lines = [.. lines] };
    }

    /// <summary>A line, without words where there are none or none can be read.</summary>
    private LyricsLine Line(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Count();
            return new LyricsLine(0, 0, "", []);
        }
        var words = new List<LyricsWord>();
        if (element.TryGetProperty("words", out var list) && list.ValueKind == JsonValueKind.Array)
            words.AddRange(list.EnumerateArray()
                .Select((word, i) => Word(word, string.Create(CultureInfo.InvariantCulture, $"{place}.words[{i}]"))).OfType<LyricsWord>());
        var line = Whole(element, LyricsJson.Compact.LyricsLine, place, needed: [], left: ["words"], added: """ "words": [] """);
        return line! with { Words = words };
    }

    private LyricsWord? Word(JsonElement element, string place) => element.ValueKind == JsonValueKind.Object
        ? Whole(element, LyricsJson.Compact.LyricsWord, place, needed: ["text", "start", "end"], left: [], added: null)
        : LeftOut<LyricsWord>(place);

    /// <summary>An object without those of its values that cannot be read; null where one of them is needed.</summary>
    private T? Whole<T>(JsonElement element, JsonTypeInfo<T> type, string place, string[] needed, HashSet<string> left, string? added)
        where T : class
    {
        while (true)
        {
            try
            {
                return JsonSerializer.Deserialize(Without(element, left, added), type);
            }
            catch (JsonException e) when (Property().Match(e.Path ?? "") is { Success: true } at && left.Add(at.Groups["name"].Value))
            {
                var name = at.Groups["name"].Value;
                if (needed.Contains(name))
                    return LeftOut<T>(place);
                Tell($"what stands at {(place.Length > 0 ? place + "." : "")}{name} cannot be read; it was left out");
            }
        }
    }

    private static string Without(JsonElement element, HashSet<string> left, string? added) => "{" + string.Join(',',
        element.EnumerateObject().Where(property => !left.Contains(property.Name))
            .Select(property => $"{JsonSerializer.Serialize(property.Name, LyricsJson.Compact.String)}:{property.Value.GetRawText()}")
            .Concat(added is null ? [] : [added])) + "}";

    private T? LeftOut<T>(string place)
        where T : class
    {
        Tell($"what stands at {place} cannot be read; it was left out");
        return null;
    }

    private void Tell(string remark)
    {
        Count();
        notices.Add(remark);
    }

    private void Count()
    {
        if (++_faults > MostFaults)
            throw new JsonException("far too many of its values cannot be read.");
    }

    [GeneratedRegex(@"^\$(?:\.(?<name>[^.\[]+)|\['(?<name>[^']+)'\])")]
    private static partial Regex Property();
}
