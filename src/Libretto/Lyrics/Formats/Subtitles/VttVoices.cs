using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>Gives the names in voice tags their place among two voices, in the order they are met.</summary>
internal sealed class VttVoices(LyricsNotices? notices)
{
    private readonly Dictionary<string, int> _places = [];

    public LyricsVoice Of(string name, int line)
    {
        var clean = WordText.Clean(name);
        if (!_places.TryGetValue(clean, out var place))
            place = _places[clean] = _places.Count;
        if (place > 1)
            notices?.Add("there are more than two voices; the others are kept as the second", line);
        return place == 0 ? LyricsVoice.First : LyricsVoice.Second;
    }
}
