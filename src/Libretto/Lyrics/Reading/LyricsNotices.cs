using System.Globalization;

namespace Libretto.Lyrics.Reading;

/// <summary>
/// Gathers what a reader or writer of lyrics changed, left out or could not be sure of. The same remark on several lines is one notice, so
/// that
/// a file full of one fault is told in a line.
/// </summary>
public sealed class LyricsNotices
{
    private const int MostLinesNamed = 5;
    private const int MostNotices = 30;

    private readonly List<(string Remark, List<int> Lines)> _notices = [];
    private readonly Dictionary<string, int> _places = [];
    private int _more;

    /// <summary>The notices for people, in the order they came up; at most about thirty.</summary>
    public IReadOnlyList<string> Messages =>
    [
        .. _notices.Select(notice => notice.Lines.Count == 0 ? Sentence(notice.Remark) : $"{Where(notice.Lines)}: {notice.Remark}"),
        .. _more > 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{_more} more faults of other kinds were found.")] : [],
    ];

    /// <summary>Adds a notice.</summary>
    /// <param name="remark">What was done, and why: a clause that may follow "Line 3:".</param>
    /// <param name="line">The line of the file, from 1; null when it is about the whole.</param>
    public void Add(string remark, int? line = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(remark);
        if (!_places.TryGetValue(remark, out var place))
        {
            if (_notices.Count == MostNotices)
            {
                _more++;
                return;
            }
            place = _places[remark] = _notices.Count;
            _notices.Add((remark, []));
        }
        var lines = _notices[place].Lines;
        if (line is { } number && (lines.Count == 0 || lines[^1] != number))
            lines.Add(number);
    }

    private static string Where(List<int> lines)
    {
        var named = string.Join(", ", lines.Take(MostLinesNamed));
        return lines.Count == 1
            ? $"Line {named}"
            : string.Create(CultureInfo.InvariantCulture,
                $"Lines {named}{(lines.Count > MostLinesNamed ? $" and {lines.Count - MostLinesNamed} more" : "")}");
    }

    private static string Sentence(string remark) => char.ToUpperInvariant(remark[0]) + remark[1..];
}
