using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Libretto.Lyrics;

/// <summary>Who of two singers sings a line. In JSON <c>1</c>, <c>2</c> or <c>"both"</c>.</summary>
public enum LyricsVoice
{
    /// <summary>The first singer.</summary>
    First = 1,

    /// <summary>The second singer.</summary>
    Second = 2,

    /// <summary>Both together.</summary>
    Both = 3,
}

/// <summary>Writes a voice as a number or as <c>both</c>; what another program may have put there is nothing known.</summary>
internal sealed class LyricsVoiceConverter : JsonConverter<LyricsVoice?>
{
    public override LyricsVoice? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.TryGetInt32(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        reader.Skip();
        return text?.ToLowerInvariant() switch
        {
            "1" => LyricsVoice.First,
            "2" => LyricsVoice.Second,
            "both" => LyricsVoice.Both,
            _ => null,
        };
    }

    public override void Write(Utf8JsonWriter writer, LyricsVoice? value, JsonSerializerOptions options)
    {
        if (value == LyricsVoice.Both)
            writer.WriteStringValue("both");
        else
            writer.WriteNumberValue((int)value!.Value);
    }
}
