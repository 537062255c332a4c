using System.Text.Json;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>JSON whose faults are told with their line.</summary>
internal static class JsonText
{
    public static JsonDocument Parse(string text, string format)
    {
        try
        {
            return JsonDocument.Parse(text.TrimStart('\uFEFF'));
        }
        catch (JsonException exception)
        {
            throw Broken(format, exception);
        }
    }

    public static LyricsFormatException Broken(string format, JsonException exception) => LyricsFormatException.Broken(
        format, (int)(exception.LineNumber ?? 0) + 1, exception.Message, exception);
}
