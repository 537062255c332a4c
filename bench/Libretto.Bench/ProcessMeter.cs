using System.Diagnostics;
using System.Globalization;

namespace Libretto.Bench;

/// <summary>What one run of a program took.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="CpuSeconds">Processor time of the process itself.</param>
/// <param name="PeakMegabytes">Largest resident set of the process itself, read from <c>/proc</c>.</param>
/// <param name="Lines">The lines of standard error, each with the second it came at.</param>
/// <param name="Output">Standard output.</param>
internal sealed record Measured(
    int ExitCode, double Seconds, double CpuSeconds, double PeakMegabytes, IReadOnlyList<(double At, string Text)> Lines, string Output)
{
    /// <summary>Standard error as one text.</summary>
    public string Error => string.Join('\n', Lines.Select(line => line.Text));
}

/// <summary>Runs a program from start to end and measures it from outside.</summary>
internal static class ProcessMeter
{
    public static async Task<Measured> RunAsync(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        var lines = new List<(double, string)>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                lines.Add((watch.Elapsed.TotalSeconds, line.Data));
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
        return new Measured(process.ExitCode, watch.Elapsed.TotalSeconds, cpu, peak, lines, await output);
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
