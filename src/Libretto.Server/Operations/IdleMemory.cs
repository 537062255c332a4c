using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Libretto.Server.Operations;

/// <summary>
/// An orchestrator is to be small while nothing happens. Starting touches far more than running does: two minutes later the pages of
/// program files are given back to the system, which has them at hand should they be needed again, and the heap is compacted.
/// </summary>
internal sealed class IdleMemory(ServerOptions options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(2);
    private const int DontNeed = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.EffectiveLanes.Contains(Data.Entities.Lane.Compute))
            return;
        await Task.Delay(AfterStart, time, stoppingToken);
        if (OperatingSystem.IsLinux())
            ReleaseProgramPages();
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>
    /// Only mappings of files that cannot be written and hold no page of our own: there the system drops nothing but copies of what
    /// is on the disk.
    /// </summary>
    private static void ReleaseProgramPages()
    {
        (nint Start, nint Length)? mapping = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
                mapping = words.Length >= 6 && words[5][0] == '/' && words[1] is ['r', '-', _, 'p'] ? Range(words[0]) : null;
            else if (words[0] is "Anonymous:" or "Private_Dirty:" && words[1] != "0")
                mapping = null;
            else if (words[0] == "VmFlags:" && mapping is { } clean)
                _ = Advise(clean.Start, clean.Length, DontNeed);
        }
    }

    private static (nint Start, nint Length) Range(string text)
    {
        var ends = text.Split('-');
        var start = nint.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, nint.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint address, nint length, int advice);
}
