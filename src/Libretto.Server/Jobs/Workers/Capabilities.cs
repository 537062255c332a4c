using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Server.Data.Entities;
using Libretto.Settings;

namespace Libretto.Server.Jobs.Workers;

/// <summary>What a worker can do.</summary>
/// <param name="Models">Names of models, in lower case; null for any, since what is missing is fetched.</param>
/// <param name="Gpu">Whether networks run on a graphics card.</param>
/// <param name="Memory">Megabytes that the process may use.</param>
/// <param name="Cookies">Whether it has cookies of a signed-in browser.</param>
internal sealed record Capabilities(IReadOnlyList<string>? Models, bool Gpu, int Memory, bool Cookies)
{
    private const string InstalledOnly = "installed";

    /// <summary>What this process can do. Only one that computes looks for a graphics card, which loads the runtime.</summary>
    public static Capabilities Detect(ServerOptions options, OnnxSessions networks, ModelStore models, LibrettoSettings settings) => new(
        options.WorkerModels switch
        {
            [] => null,
            [InstalledOnly] => [.. models.List().Select(model => model.Name.ToLowerInvariant())],
            var named => [.. named.Select(name => name.ToLowerInvariant())],
        },
        options.EffectiveLanes.Contains(Lane.Compute) && networks.UsesCuda,
        (int)Math.Min(int.MaxValue, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000),
        File.Exists(settings.Cookies));

    /// <summary>What a worker's row says of it.</summary>
    public static Capabilities Of(WorkerRecord worker) => new(
        worker.Models?.Split(',', StringSplitOptions.RemoveEmptyEntries), worker.Gpu == true, worker.Memory ?? int.MaxValue,
        worker.Cookies == true);

    /// <summary>Those of some jobs that this worker can do.</summary>
    public IQueryable<Job> Fit(IQueryable<Job> jobs)
    {
        var (models, gpu, memory, cookies) = this;
        return jobs.Where(job =>
            (models == null || job.NeedsModel == null || models.Contains(job.NeedsModel)) &&
            (gpu || !job.NeedsGpu) && job.NeedsMemory <= memory && (cookies || !job.NeedsCookies));
    }

    /// <summary>The same for one job.</summary>
    public bool Meets(JobRequirements needs) =>
        (Models is null || needs.Model is null || Models.Contains(needs.Model)) &&
        (Gpu || !needs.Gpu) && needs.Memory <= Memory && (Cookies || !needs.Cookies);
}
