using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/api/workers</c>: who works and worked, for how long, and what it cost; for admins.</summary>
internal static class WorkersApi
{
    private const int Longest = 200;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/workers", GetAsync).WithName("ListWorkers").WithTags("Workers")
            .WithSummary("Workers, the newest first; admins only");

    private static async Task<Ok<WorkersView>> GetAsync(Caller caller, WorkerRegistry workers, CancellationToken ct)
    {
        if (!caller.IsAdmin)
            throw new ApiProblem(403, "admin_only", "This needs an admin key.");
        return TypedResults.Ok(new WorkersView([.. (await workers.ListAsync(Longest, ct)).Select(WorkerView.Of)]));
    }
}

internal sealed record WorkersView(IReadOnlyList<WorkerView> Workers);

/// <summary>A life of a worker; seconds and dollars count from when it was asked for, as providers do from the start.</summary>
internal sealed record WorkerView(
    string Id, string? Pool, string? PoolId, string? Name, string State, string Lanes, string? Program,
    DateTime RequestedAt, DateTime? StartedAt, DateTime? StoppedAt, string? Error, double Seconds, double? Usd)
{
    public static WorkerView Of(WorkerRecord worker)
    {
        var seconds = Math.Max(0, ((worker.StoppedAt ?? worker.ReadAt) - worker.RequestedAt).TotalSeconds);
        return new WorkerView(
            worker.Id, worker.Pool, worker.PoolId, worker.Name, worker.State, worker.Lanes, worker.Program,
            worker.RequestedAt, worker.StartedAt, worker.StoppedAt, worker.Error, Math.Round(seconds, 1),
            Math.Round(seconds * worker.UsdPerHour / 3600 ?? 0, 6) is > 0 and var usd ? usd : null);
    }
}
