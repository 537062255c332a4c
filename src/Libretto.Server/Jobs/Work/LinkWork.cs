using Libretto.Acquire;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Tools;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>The acquire step of a job for a link: the link's song into the store.</summary>
internal sealed partial class LinkWork(
    LinkFetch links, JobCookies cookies, WorkerRegistry workers, LaneChoice lanes, ServerOptions options, ILogger<LinkWork> log)
{
    /// <summary>How an acquire step is done that had to download.</summary>
    public const string Method = "download";

    /// <summary>Brings the link's song into the store.</summary>
    /// <exception cref="LibrettoException">It cannot be had; <see cref="HandOverNeedsAsync"/> tells whether another machine should
    /// try.</exception>
    public async Task<KnownLink> AcquireAsync(Job job, string folder, JobReporter reporter, CancellationToken ct)
    {
        var link = SongLink.Parse(job.Url!);
        if (job.Options.Fresh != true && await links.FindAsync(link, ct) is { } known)
        {
            reporter.Report(Stage.Acquire, 1, "found in the cache", JobStep.Cache);
            return known;
        }
        reporter.Report(Stage.Acquire, 0, "asking what the link leads to", Method);
        var request = new LinkRequest(link, folder)
        {
            Limits = new FetchLimits { Bytes = options.MaxUploadBytes, Duration = options.MaxDuration },
            Cookies = cookies.Read(job),
            Fresh = job.Options.Fresh == true,
            WithoutBadCookies = true,
        };
        var fetched = await links.FetchAsync(request, new Download(reporter), ct);
        foreach (var notice in fetched.Notices)
            LogNotice(job.Id, notice);
        var key = fetched.AudioKey ?? throw ServerException.NotKept(string.Join(' ', fetched.Notices));
        reporter.Report(Stage.Acquire, 1, fetched.FromStore ? "found in the cache" : $"downloaded by {fetched.Facts.Method}",
            fetched.FromStore ? JobStep.Cache : Method);
        return new KnownLink(fetched.Facts, key);
    }

    /// <summary>The lane of the work that follows the download.</summary>
    public string LaneAfter(Job job) => lanes.Of(job.Options, job.LyricsKey is not null);

    /// <summary>
    /// Whether a failure here should become another machine's try, which has an address, cookies and programs of its own: what that
    /// machine needs, or null when the failure is final. Only from the lane io to the lane compute, so that no job goes in circles.
    /// </summary>
    public async Task<JobRequirements?> HandOverNeedsAsync(Job job, Exception e, CancellationToken ct)
    {
        var isDownload = job is { InputKey: null, Lane: Lane.Io };
        if (!isDownload || e is not (AcquireException { ElsewhereMayHelp: true } or ToolException { Code: ErrorCodes.ToolMissing }))
            return null;
        var others = (await workers.AliveAsync(options.WorkerSilence, ct)).Where(worker => worker.Name != ProcessName.Value &&
            worker.WorksIn(Lane.Compute)).ToList();
        // Without a lane compute of its own, a process may count on workers that are only started when there is work.
        if (others.Count == 0 && options.EffectiveLanes.Contains(Lane.Compute))
            return null;
        var wantsCookies = e is AcquireException { Code: ErrorCodes.LinkSignIn or ErrorCodes.LinkAge } && job.Cookies is null;
        return new JobRequirements(
            Model: null, Gpu: false, Memory: 0, Cookies: wantsCookies && others.Any(worker => Capabilities.Of(worker).Cookies));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: {Notice}")]
    private partial void LogNotice(string jobId, string notice);

    private sealed class Download(JobReporter reporter) : IProgress<FetchProgress>
    {
        private const double Megabyte = 1e6;

        public void Report(FetchProgress value) => reporter.Report(
            Stage.Acquire,
            value.Fraction ?? 0.5,
            value.Total is { } total
                ? string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"downloading, {value.Bytes / Megabyte:0.0} of {total / Megabyte:0.0} MB")
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"downloading, {value.Bytes / Megabyte:0.0} MB"),
            Method);
    }
}
