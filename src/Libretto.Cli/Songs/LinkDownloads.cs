using System.Diagnostics;
using Libretto.Acquire;
using Libretto.Cli.Display;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Songs;

/// <summary>A link's way on the command line: fetched into a folder of its own, then worked on as any other song.</summary>
/// <param name="services">The library; asked when a link comes, since wrong settings for links are no trouble to files.</param>
/// <param name="display">Shows the work.</param>
/// <param name="fresh">Whether it is fetched even if it is known.</param>
/// <param name="keep">Whether it is kept for the next time.</param>
internal sealed class LinkDownloads(IServiceProvider services, IDisplay display, bool fresh, bool keep)
{
    private static readonly ProgressPlan s_plan = new(WorkStep.Download, WorkStep.Work);
    private readonly IProgress<SongProgress> _downloading = s_plan.Part(WorkStep.Download, display);

    /// <summary>Listens to the work on a song that was downloaded, as part of the whole.</summary>
    public IProgress<SongProgress> Working { get; } = s_plan.Part(WorkStep.Work, display);

    /// <summary>Who works at this machine may reach what it reaches, unless told otherwise.</summary>
    public static LibrettoSettings OpenToOwnUser(LibrettoSettings settings) =>
        settings.AllowNetworks.Count > 0 ? settings : settings with { AllowNetworks = NetworkGuard.Everything };

    /// <summary>Fetches a link's song and works on it.</summary>
    /// <param name="link">As the user wrote it.</param>
    /// <param name="work">Done while the song's file is there.</param>
    /// <param name="cancellationToken">Ends the download at once.</param>
    public async Task<SongOutcome> RunAsync(string link, Func<FetchedLink, Task<SongOutcome>> work, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var folder = Directory.CreateDirectory(services.GetRequiredService<TemporaryFolder>().NewFile()).FullName;
        try
        {
            _downloading.Report(new SongProgress(Stage.Acquire, 0, "asking what the link leads to"));
            var request = new LinkRequest(SongLink.Parse(link), folder) { Fresh = fresh, Keep = keep };
            var fetched = await services.GetRequiredService<LinkFetch>().FetchAsync(request, new Download(_downloading), cancellationToken);
            if (fetched.FromStore)
                _downloading.Report(new SongProgress(Stage.Acquire, 1, "the song was found in the cache") { Method = "cache" });
            foreach (var notice in fetched.Notices)
                _downloading.Report(new SongProgress(Stage.Acquire, 0, notice) { Notice = notice });
            return await work(fetched) with { Song = fetched.Facts.Name, Taken = clock.Elapsed };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Download(IProgress<SongProgress> listener) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) =>
            listener.Report(new SongProgress(Stage.Acquire, value.Fraction ?? 0, "downloading"));
    }
}
