using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Libretto.Server.Jobs.Workers;

namespace Libretto.Server.Pools;

/// <summary>Workers as processes of this program on this machine.</summary>
internal sealed class LocalPool(ServerOptions server, PoolOptions options) : IWorkerPool, IDisposable
{
    private readonly ConcurrentDictionary<string, Process> _processes = new(StringComparer.Ordinal);

    public string Name => "local";

    public Task<string> StartAsync(string workerId, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        // Run as 'dotnet PROGRAM.dll', the program is the first argument of ours.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])["serve", "--role", "worker", "--lanes", Data.Entities.Lane.Compute])
            start.ArgumentList.Add(argument);
        // Where the policy keeps none, one whose orchestrator is gone must end by itself.
        if (options.Limits.Min == 0)
        {
            start.ArgumentList.Add("--idle-exit");
            start.ArgumentList.Add(((2 * options.Limits.CoolDown.TotalSeconds) + 10).ToString("0", CultureInfo.InvariantCulture) + "s");
        }
        // Not as arguments, which everyone on the machine can read.
        start.Environment["LIBRETTO_DATA"] = server.DataFolder;
        start.Environment["DATABASE_URL"] = server.Database ?? "";
        start.Environment["LIBRETTO_POOL"] = "none";
        start.Environment["LIBRETTO_URLS"] = "";
        start.Environment[WorkerPresence.IdVariable] = workerId;
        try
        {
            var process = Process.Start(start)!;
            _processes[workerId] = process;
            Forget();
            return Task.FromResult(workerId);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw PoolException.Unreachable("This machine", e.Message, e);
        }
    }

    public Task StopAsync(string poolId, CancellationToken ct)
    {
        if (_processes.TryRemove(poolId, out var process))
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }
        return Task.CompletedTask;
    }

    /// <summary>Forgets the processes, which go on: they end when they are idle.</summary>
    public void Dispose()
    {
        foreach (var process in _processes.Values)
            process.Dispose();
    }

    private void Forget()
    {
        foreach (var (id, process) in _processes)
            if (process.HasExited && _processes.TryRemove(id, out _))
                process.Dispose();
    }
}
