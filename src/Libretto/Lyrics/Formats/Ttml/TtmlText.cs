using System.Xml.Linq;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// Finds what is sung in a paragraph, and leaves what is not: translations, readings, and the white space of pretty printing.
/// </summary>
internal static class TtmlText
{
    /// <summary>The lines in a paragraph: itself, and each background in it.</summary>
    public static IEnumerable<(XElement Element, bool IsBackground)> Lines(XElement paragraph)
    {
        yield return (paragraph, Role(paragraph) == "x-bg");
        foreach (var background in paragraph.Descendants().Where(element => Role(element) == "x-bg"))
            yield return (background, true);
    }

    /// <summary>The texts of a line, each with the innermost element within the paragraph that has a begin.</summary>
    /// <param name="line">A paragraph or a background.</param>
    /// <param name="spacesInside">Whether the file puts the spaces of words into their spans, so that line breaks between spans are
    /// none.</param>
    public static IEnumerable<(string Text, XElement? Timed)> Of(XElement line, bool spacesInside)
    {
        var readings = new Dictionary<XElement, XElement?>();
        foreach (var node in line.DescendantNodes())
        {
            if (node is XElement { Name.LocalName: "br" } && !IsApart(node.Parent!, line))
                yield return (" ", null);
            if (node is not XText text || IsApart(text.Parent!, line))
                continue;
            if (spacesInside && string.IsNullOrWhiteSpace(text.Value) && text.Value.AsSpan().ContainsAny('\n', '\r'))
                continue;
            var timed = text.Ancestors().TakeWhile(element => element != line).FirstOrDefault(
                element => element.Attribute("begin") is not null);
            yield return (text.Value, timed ?? RubyTime(text, line, readings)
                ?? (Role(line) == "x-bg" && line.Name.LocalName != "p" && HasBegin(line) ? line : null));
        }
    }

    /// <summary>Where the times of an element count from, milliseconds, if they count from the element around it.</summary>
    public static long Offset(XElement element, TtmlClock clock) =>
        element.Ancestors().TakeWhile(one => one.Name.LocalName is "span" or "p").Sum(one => clock.Begin(one) ?? 0);

    public static bool HasSpacesInside(XElement paragraph) => paragraph.Descendants()
        .Where(element => element.Name.LocalName == "span" && HasBegin(element) && !element.HasElements)
        .Any(span => !string.IsNullOrWhiteSpace(span.Value) && (span.Value[0] == ' ' || span.Value[^1] == ' '));

    public static bool IsTimed(XElement paragraph) => paragraph.DescendantsAndSelf().Any(HasBegin);

    public static bool HasRuby(XElement paragraph) => paragraph.Descendants().Any(element => Ruby(element) is "text" or "textContainer");

    /// <summary>Whether an element is a reading, whose end is only that of its first part.</summary>
    public static bool IsReading(XElement element) => Ruby(element) == "text";

    private static bool HasBegin(XElement element) => element.Attribute("begin") is not null;

    /// <summary>A base character is sung while its reading is.</summary>
    private static XElement? RubyTime(XText text, XElement line, Dictionary<XElement, XElement?> readings)
    {
        if (text.Ancestors().TakeWhile(element => element != line).FirstOrDefault(
            element => Ruby(element) == "container") is not { } container)
            return null;
        if (!readings.TryGetValue(container, out var reading))
            reading = readings[container] = container.Descendants().FirstOrDefault(element => Ruby(element) == "text" && HasBegin(element));
        return reading;
    }

    /// <summary>Whether an element is no part of the line: an aside, or a background within it.</summary>
    private static bool IsApart(XElement element, XElement line) =>
        element.AncestorsAndSelf().TakeWhile(one => one != line).Any(one =>
            one.Name.NamespaceName.EndsWith("#metadata", StringComparison.Ordinal)
            || Role(one) is "x-translation" or "x-roman" or "x-romanization" or "x-bg"
            || Ruby(one) is "text" or "textContainer" or "delimiter");

    private static string? Role(XElement element) =>
        element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "role")?.Value.Trim();

    private static string? Ruby(XElement element) =>
        element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "ruby")?.Value.Trim();
}
