using System.Text.Json;
using System.Text.Json.Serialization;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>Amounts of money to a millionth of a dollar: a song costs hundredths of a cent, and sums over many are to be right.</summary>
internal sealed class DollarsConverter : JsonConverter<double>
{
    private const int Decimals = 6;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? Math.Round(reader.GetDouble(), Decimals) : throw new JsonException(
            "a number is expected.");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(double.IsFinite(value) ? Math.Round((decimal)value, Decimals) : 0);
}
