using System.Globalization;
using Hangfire.Dashboard;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>
/// The dashboard's page of songs: each run with its title, lane and state, those at work first, then who waits, then the last to end.
/// </summary>
internal sealed class DashboardSongs() : DashboardPage("Songs")
{
    public const string Path = "/songs";

    private const int Most = 50;

    private static readonly string[] s_heads = ["Song", "Lane", "State", "Percent", "What", "Worker", "Tries", "Posted", "Id"];

    protected override void Write()
    {
        using var context = Context.GetHttpContext().RequestServices.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContext();
        var jobs = context.Jobs.AsNoTracking().Where(job => job.PartOf == null);
        Write("At work", jobs.Where(job => job.Status == JobStatus.Running).OrderBy(job => job.StartedAt).Take(Most).ToList());
        Write("Waiting", jobs.Where(job => job.Status == JobStatus.Queued).OrderBy(job => job.CreatedAt).Take(Most).ToList());
        Write("Ended", jobs.Where(job => job.CompletedAt != null).OrderByDescending(job => job.CompletedAt).Take(Most).ToList());
    }

    private void Write(string title, IEnumerable<Job> jobs) => Table(title, s_heads, jobs.Select(Cells));

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
