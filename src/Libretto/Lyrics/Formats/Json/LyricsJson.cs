using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>The serialiser's knowledge of the records, made at compile time.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(LyricsDocument))]
[JsonSerializable(typeof(LyricsWord))]
[JsonSerializable(typeof(LyricsSection))]
[JsonSerializable(typeof(LyricsTranslation))]
[JsonSerializable(typeof(VerboseTranscription))]
internal sealed partial class LyricsJson : JsonSerializerContext
{
    /// <summary>Everything on one line.</summary>
    public static LyricsJson Compact { get; } = new(Plain());

    /// <summary>Indented, a word a line.</summary>
    public static LyricsJson Readable { get; } = new(Indented(Plain()));

    private static JsonSerializerOptions Plain() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ThousandthsConverter() },
    };

    private static JsonSerializerOptions Indented(JsonSerializerOptions options)
    {
        options.WriteIndented = true;
        options.NewLine = "\n";
        options.Converters.Add(new OneLineConverter<LyricsWord>(Compact.LyricsWord));
        options.Converters.Add(new OneLineConverter<LyricsSection>(Compact.LyricsSection));
        options.Converters.Add(new InPlaceConverter<LyricsTranslation>(Compact.LyricsTranslation));
        return options;
    }

    /// <summary>Numbers with three decimals: milliseconds, and more than enough for shares.</summary>
    private sealed class ThousandthsConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? Math.Round(reader.GetDouble(), 3) : throw new JsonException("a number is expected.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(double.IsFinite(value) ? Math.Round(value, 3) : 0);
    }

    /// <summary>Writes an item of a list on one line among indented ones.</summary>
    private sealed class OneLineConverter<T>(JsonTypeInfo<T> plain) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, plain);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            // Raw values come without the line break and indent that others get.
            writer.WriteRawValue($"\n{new string(' ', 2 * writer.CurrentDepth)}{JsonSerializer.Serialize(value, plain)}");
    }

    /// <summary>Writes a value on the line of its name.</summary>
    private sealed class InPlaceConverter<T>(JsonTypeInfo<T> plain) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, plain);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonSerializer.Serialize(value, plain));
    }
}
