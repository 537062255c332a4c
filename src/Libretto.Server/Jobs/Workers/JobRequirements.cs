using Libretto.Models;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Workers;

/// <summary>What a job needs of the worker that takes it; most need nothing special.</summary>
/// <param name="Model">A local model by name, in lower case; null for whichever the worker has.</param>
/// <param name="Gpu">A graphics card.</param>
/// <param name="Memory">Megabytes.</param>
/// <param name="Cookies">Cookies of a signed-in browser, for a download that failed without.</param>
internal sealed record JobRequirements(string? Model, bool Gpu, int Memory, bool Cookies)
{
    // Measured: 915 MB for Whisper base (300 MB to fetch), about 2 GB for large-v3-turbo (3,300 MB).
    private const int ProgramMegabytes = 800;
    private const double ShareOfDownload = 0.8;

    public static JobRequirements Of(JobOptions options)
    {
        var model = options.Model is { } name ? ModelCatalogue.Find(name) : null;
        var memory = model?.Kind == ModelKind.Whisper ? ProgramMegabytes + (int)(model.DownloadBytes / 1e6 * ShareOfDownload) : 0;
        return new JobRequirements(model?.Name.ToLowerInvariant(), options.Gpu == true, memory, Cookies: false);
    }

    public static JobRequirements Of(Job job) => new(job.NeedsModel, job.NeedsGpu, job.NeedsMemory, job.NeedsCookies);

    /// <summary>What to do where no worker has it.</summary>
    public string Advice() => this switch
    {
        { Cookies: true } => "Start a worker with cookies (LIBRETTO_COOKIES), or post the link again together with cookies.",
        { Gpu: true } => "Start a worker with a graphics card, or post the song without the option gpu; then retry the job.",
        _ => "Start a worker that has it, or post the song with a smaller model; then retry the job.",
    };

    /// <summary>The needs in words; empty where there are none.</summary>
    public string Describe() => string.Join(" and ", new[]
    {
        Gpu ? "a graphics card" : null,
        Model is null ? null : $"the model {Model}",
        Memory == 0 ? null : $"{Memory} MB of memory",
        Cookies ? "cookies" : null,
    }.OfType<string>());
}

internal static class JobRequirementsOfJobs
{
    /// <summary>The job with its requirements written into its row.</summary>
    public static Job Needing(this Job job, JobRequirements needs) => job with
    {
        NeedsModel = needs.Model,
        NeedsGpu = needs.Gpu,
        NeedsMemory = needs.Memory,
        NeedsCookies = needs.Cookies,
        WaitingFor = needs.Gpu ? WaitingFor.Requirements : job.WaitingFor,
        StatusMessage = needs.Gpu ? "waiting for a worker with a graphics card" : job.StatusMessage,
    };
}
