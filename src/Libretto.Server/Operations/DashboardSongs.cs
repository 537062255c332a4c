using System.Globalization;
using System.Net;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>The dashboard's page of songs: each run with its title, lane and state, those at work first, then who waits, then the last to end.</summary>
internal sealed class DashboardSongs : RazorPage
{
    public const string Path = "/songs";

    private const int Most = 50;

    public override void Execute()
    {
        Layout = new LayoutPage("Songs");
        using var context = Context.GetHttpContext().RequestServices.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContext();
        var jobs = context.Jobs.AsNoTracking().Where(job => job.PartOf == null);
        WriteLiteral("<div class=\"row\"><div class=\"col-md-12\"><h1 class=\"page-header\">Songs</h1>");
        Table("At work", jobs.Where(job => job.Status == JobStatus.Running).OrderBy(job => job.StartedAt).Take(Most).ToList());
        Table("Waiting", jobs.Where(job => job.Status == JobStatus.Queued).OrderBy(job => job.CreatedAt).Take(Most).ToList());
        Table("Ended", jobs.Where(job => job.CompletedAt != null).OrderByDescending(job => job.CompletedAt).Take(Most).ToList());
        WriteLiteral("</div></div>");
    }

    private void Table(string title, IReadOnlyList<Job> jobs)
    {
        WriteLiteral($"<h3>{title}</h3>");
        if (jobs.Count == 0)
        {
            WriteLiteral("<div class=\"alert alert-info\">None.</div>");
            return;
        }
        WriteLiteral("<table class=\"table table-condensed\"><thead><tr>");
        foreach (var head in (string[])["Song", "Lane", "State", "Percent", "What", "Worker", "Tries", "Posted", "Id"])
            WriteLiteral($"<th>{head}</th>");
        WriteLiteral("</tr></thead><tbody>");
        foreach (var job in jobs)
        {
            WriteLiteral("<tr>");
            foreach (var cell in Cells(job))
                WriteLiteral($"<td>{WebUtility.HtmlEncode(cell)}</td>");
            WriteLiteral("</tr>");
        }
        WriteLiteral("</tbody></table>");
    }

    private static string[] Cells(Job job) =>
    [
        job.Title is null ? job.FileName ?? job.Url ?? "" : job.Artist is null ? job.Title : $"{job.Artist}: {job.Title}",
        job.Lane,
        job.Status,
        job.Pct.ToString("0", CultureInfo.InvariantCulture),
        job.ErrorCode is null || job.Status != JobStatus.Failed ? job.StatusMessage ?? "" : $"{job.ErrorCode}: {job.ErrorMessage}",
        job.Worker ?? "",
        $"{job.Attempts + job.Takeovers + (job.StartedAt is null ? 0 : 1)}",
        job.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        job.Id,
    ];
}
