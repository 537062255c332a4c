using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Library;
using Libretto.Output;

namespace Libretto.Cli.Results;

/// <summary>What was done with a collection, as a page or as JSON; a report of an earlier run is replaced.</summary>
/// <param name="path">The file; its ending says which.</param>
internal sealed class LibraryReportFile(string path)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes it.</summary>
    /// <exception cref="OutputException">It cannot be written, or a file that is no report stands there.</exception>
    public void Write(LibraryReport report, bool isDryRun) => new ResultFiles(WrittenFiles.OfUser(), force: false).Write(
        [(path, path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Json(report, isDryRun) : Html(report, isDryRun))]);

    private static string Json(LibraryReport report, bool isDryRun) => JsonSerializer.Serialize(
        new
        {
            DryRun = isDryRun,
            report.Plan.Files,
            Planned = report.Plan.Counts.OrderBy(pair => pair.Key).ToDictionary(pair => Name(pair.Key), pair => pair.Value),
            Results = report.Counts.OrderBy(pair => pair.Key).ToDictionary(pair => Name(pair.Key), pair => pair.Value),
            EstimateSeconds = Math.Round(report.Plan.Estimate),
            report.Plan.Troubles,
            Songs = report.Songs.Select(outcome => new
            {
                outcome.Song.Path,
                outcome.Song.Title,
                outcome.Song.Artist,
                outcome.Song.Duration,
                outcome.Song.Action,
                outcome.Result,
                Lyrics = outcome.Song.Lyrics,
                outcome.Song.Copies,
                outcome.Files,
                outcome.Lines,
                outcome.Words,
                outcome.Confidence,
                outcome.Matched,
                outcome.Unsure,
                outcome.Checks,
                outcome.Notices,
                outcome.Code,
                outcome.Error,
                TakenSeconds = outcome.Taken,
            }),
        },
        s_options) + "\n";

    private static string Name(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Html(LibraryReport report, bool isDryRun)
    {
        var html = new StringBuilder();
        html.Append(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Libretto: collection</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color-scheme: light dark; }
            table { border-collapse: collapse; width: 100%; } th, td { text-align: start; vertical-align: top; padding: .4rem .6rem;
            border-bottom: 1px solid #8884; overflow-wrap: anywhere; } td.n { text-align: end; font-variant-numeric: tabular-nums; }
            .failed, .unusable { color: #b3261e; } .check { background: #ffb30030; } small { color: #777; } h2 { margin-top: 2rem; }
            </style></head><body>

            """);
        html.Append(CultureInfo.InvariantCulture, $"<h1>{(isDryRun ? "What would be done" : "What was done")}</h1>\n<ul>\n");
        foreach (var (action, count) in report.Plan.Counts.OrderBy(pair => pair.Key))
            html.Append(CultureInfo.InvariantCulture, $"<li>{count} {Text(LibraryActionText.Sentence(action))}</li>\n");
        html.Append("</ul>\n");
        foreach (var trouble in report.Plan.Troubles)
            html.Append(CultureInfo.InvariantCulture, $"<p>{Text(trouble)}</p>\n");
        Table(html, "To be checked by ear, and failed", report.Songs.Where(NeedsEar));
        Table(html, "All else that was to be done or said", report.Songs.Where(outcome =>
            !NeedsEar(outcome) && (outcome.Song.IsWork || outcome.Notices.Count > 0)));
        return html.Append("</body></html>\n").ToString();
    }

    private static bool NeedsEar(LibraryOutcome outcome) => outcome.Unsure || outcome.Checks.Count > 0 || outcome.Error is not null;

    private static void Table(StringBuilder html, string heading, IEnumerable<LibraryOutcome> outcomes)
    {
        var rows = outcomes.ToList();
        if (rows.Count == 0)
            return;
        html.Append(CultureInfo.InvariantCulture, $"<h2>{heading}: {rows.Count}</h2>\n<table>\n");
        html.Append("<tr><th>Song</th><th>Planned</th><th>Result</th><th>Words</th><th>Sure</th><th>To know</th></tr>\n");
        foreach (var outcome in rows)
        {
            var sure = outcome.Matched ?? outcome.Confidence;
            var name = outcome.Song.Artist is { } artist ? $"{artist}: {outcome.Song.Title}" : outcome.Song.Title;
            var told = outcome.Notices.Concat(outcome.Checks.Select(check => $"{Clock(check.Start)} to {Clock(check.End)}: {check.Reason}"))
                .Prepend(outcome.Error).OfType<string>().Select(Text);
            html.Append(CultureInfo.InvariantCulture,
                $"""
                <tr class="{Name(outcome.Result)}{(outcome.Unsure ? " check" : "")}">
                <td>{Text(name)}<br><small>{Text(outcome.Song.Path)}</small></td><td>{LibraryActionText.Word(outcome.Song.Action)}</td>
                <td>{Name(outcome.Result).Replace('_', ' ')}</td><td class="n">{outcome.Words}</td>
                <td class="n">{(sure is { } share ? $"{100 * share:F0} %" : "")}</td><td>{string.Join("<br>", told)}</td></tr>

                """);
        }
        html.Append("</table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Clock(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}:{seconds % 60:00.0}");
}
