using Hangfire;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Sets up this process's workers of a lane; a lane is a queue of Hangfire's.</summary>
internal static class Lanes
{
    public static void Configure(BackgroundJobServerOptions worker, string lane, ServerOptions options)
    {
        worker.ServerName = $"{ProcessName.Value}:{lane}";
        worker.Queues = [lane];
        worker.WorkerCount = lane == Lane.Compute ? options.ComputeWorkers : options.IoWorkers;
        // A running job is handed back within a moment of being asked to.
        worker.StopTimeout = TimeSpan.Zero;
        worker.ShutdownTimeout = TimeSpan.FromSeconds(20);
        worker.HeartbeatInterval = TimeSpan.FromSeconds(10);
        worker.ServerTimeout = TimeSpan.FromMinutes(1);
        worker.ServerCheckInterval = TimeSpan.FromSeconds(30);
    }
}
