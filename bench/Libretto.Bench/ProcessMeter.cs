using System.Diagnostics;
using System.Globalization;

namespace Libretto.Bench;

/// <summary>What one run of a program took.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="CpuSeconds">Processor time of the process itself.</param>
/// <param name="PeakMegabytes">Largest resident set of the process itself, read from <c>/proc</c>.</param>
/// <param name="FirstLineSeconds">When the first line that <c>isFirst</c> accepts came out on standard error; null without one.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Output">Standard output.</param>
internal sealed record Measured(
    int ExitCode, double Seconds, double CpuSeconds, double PeakMegabytes, double? FirstLineSeconds, string Error, string Output);

/// <summary>Runs a program from start to end and measures it from outside.</summary>
internal static class ProcessMeter
{
    public static async Task<Measured> RunAsync(string program, IEnumerable<string> arguments, Func<string, bool>? isFirst = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        double? first = null;
        var error = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                return;
            if (first is null && isFirst?.Invoke(line.Data) == true)
                first = watch.Elapsed.TotalSeconds;
            error.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();

        double peak = 0, cpu = 0;
        var ended = process.WaitForExitAsync();
        while (await Task.WhenAny(ended, Task.Delay(20)) != ended)
        {
            peak = Math.Max(peak, PeakMegabytes(process.Id));
            try { cpu = process.TotalProcessorTime.TotalSeconds; }
            catch (InvalidOperationException) { break; }
        }
        await ended;
        return new Measured(process.ExitCode, watch.Elapsed.TotalSeconds, cpu, peak, first, error.ToString(), await output);
    }

    private static double PeakMegabytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return 0; // ended meanwhile
        }
    }
}
