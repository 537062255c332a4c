using System.Xml.Linq;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// The voices of a file: its agents in the order in which the head names them, else in which lines do; a group is both. A file that only
/// ever names one has no voices to tell apart.
/// </summary>
internal sealed class TtmlVoices
{
    private readonly Dictionary<string, LyricsVoice> _voices = [];

    public TtmlVoices(XElement root, IReadOnlyList<XElement> paragraphs, LyricsNotices? notices)
    {
        var used = paragraphs.Select(AgentOf).OfType<string>().Distinct().ToList();
        var agents = root.Descendants().Where(element => element.Name.LocalName == "agent" && IdOf(element) is not null).ToList();
        var groups = agents.Where(agent => agent.Attribute("type")?.Value == "group").Select(IdOf).Append("v1000").ToHashSet();
        var singers = 0;
        foreach (var id in agents.Select(IdOf).OfType<string>().Concat(used).Distinct())
            _voices[id] = groups.Contains(id) ? LyricsVoice.Both : ++singers == 1 ? LyricsVoice.First : LyricsVoice.Second;
        if (used.Count(id => !groups.Contains(id)) > 2)
            notices?.Add("there are more than two voices; the others are kept as the second");
    }

    public LyricsVoice? Of(XElement paragraph) =>
        _voices.Count > 1 && AgentOf(paragraph) is { } agent ? _voices[agent] : null;

    private static string? IdOf(XElement agent) => agent.Attribute(XNamespace.Xml + "id")?.Value;

    private static string? AgentOf(XElement element) =>
        element.AncestorsAndSelf()
            .Select(one => one.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "agent")?.Value.Trim())
            .FirstOrDefault(agent => !string.IsNullOrEmpty(agent));
}
