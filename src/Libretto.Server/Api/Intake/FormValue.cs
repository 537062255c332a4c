using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Server.Http;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// What the text of a form field means: the same for every field of <c>/v1</c> and <c>/api</c>. An empty one is as if absent, since many
/// clients send every field that they know.
/// </summary>
internal static partial class FormValue
{
    private static readonly string[] s_yes = ["true", "1", "yes", "on"];
    private static readonly string[] s_no = ["false", "0", "no", "off"];

    /// <summary>A field's name without what clients put behind it for a list: <c>[]</c>, or a number between brackets.</summary>
    public static string NameOf(string name) => ListSuffix().Replace(name, "");

    /// <summary>Text; null when there is none but white space.</summary>
    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>True, False, 1, 0, yes, no, on or off, in letters of any case.</summary>
    public static bool? Flag(string name, string? text) => Text(text)?.ToLowerInvariant() switch
    {
        null => null,
        var yes when s_yes.Contains(yes) => true,
        var no when s_no.Contains(no) => false,
        _ => throw ApiProblem.BadOption(name, "give true or false"),
    };

    /// <summary>A number, with a point.</summary>
    public static double? Number(string name, string? text, double least, double most) => Text(text) switch
    {
        null => null,
        var given when double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least &&
        value <= most => value,
        _ => throw ApiProblem.BadOption(name, string.Create(CultureInfo.InvariantCulture, $"give a number from {least} to {most}")),
    };

    /// <summary>A whole number.</summary>
    public static int? Whole(string name, string? text, int least, int most) => Number(name, text, least, most) switch
    {
        null => null,
        var given when Math.Floor(given.Value) == given => (int)given,
        _ => throw ApiProblem.BadOption(name, "give a whole number"),
    };

    /// <summary>One of some words, as these are written.</summary>
    public static string? OneOf(string name, string? text, params string[] choices) => Text(text) switch
    {
        null => null,
        var given => choices.FirstOrDefault(choice => choice.Equals(given, StringComparison.OrdinalIgnoreCase))
            ?? throw ApiProblem.BadOption(name, $"choose one of {string.Join(", ", choices)}"),
    };

    /// <summary>What a list holds that is written with commas or as JSON; a field that comes several times holds them one by one.</summary>
    public static IReadOnlyList<string> List(string name, string? text)
    {
        if (Text(text) is not { } given)
            return [];
        if (!given.StartsWith('['))
            return given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        try
        {
            return [.. JsonElement.Parse(given).EnumerateArray().Select(item => Text(item.GetString())).OfType<string>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiProblem.BadOption(name, "give words with commas between them, or a list in JSON");
        }
    }

    [GeneratedRegex(@"\[[0-9]*\]$")]
    private static partial Regex ListSuffix();
}
