using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>
/// A fuzzer on the front door of lyrics: no exception but the documented one, no reading that takes long or much. A few seconds by default;
/// <c>./test soak</c> goes on for ten minutes, or for the minutes in LIBRETTO_FUZZ_MINUTES. Alone, for what it measures is the process's.
/// </summary>
[Collection(nameof(ReaderSoakTests))]
[CollectionDefinition(nameof(ReaderSoakTests), DisableParallelization = true)]
public class ReaderSoakTests
{
    private const int Megabyte = 1_000_000;

    /// <summary>What a megabyte may take of a processor, however busy the machine is, and of memory, bytes alive at once.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private const long MostMemory = 100_000_000;

    private static readonly bool s_isWhole = Environment.GetEnvironmentVariable("LIBRETTO_SOAK") == "1";

    private static readonly string?[] s_names = [.. LyricsFormats.All.Select(format => (string?)("song" + format.Extension)).Append(null)];

    private static int Seconds => s_isWhole
        ? 30 * (int.TryParse(Environment.GetEnvironmentVariable("LIBRETTO_FUZZ_MINUTES"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : 10)
        : 3;

    [Fact]
    public void Whatever_a_file_holds_lyrics_or_a_clear_error_come_of_it()
    {
        var count = 0;
        Gen.Select(Soup.Bytes, Gen.Int[0, s_names.Length - 1]).Sample((bytes, name) =>
        {
            count++;
            Within(() => Soup.Read(bytes, s_names[name]), bytes);
        }, time: Seconds, threads: 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} files");
    }

    [Fact]
    public void A_megabyte_of_anything_takes_neither_long_nor_much()
    {
        var (count, most, longest) = (0, 0L, TimeSpan.Zero);
        Gen.Select(Soup.Large(Megabyte), Gen.Int[0, s_names.Length - 1]).Sample((bytes, name) =>
        {
            var time = Within(() => Soup.Read(bytes, s_names[name]), bytes);
            var memory = MemoryOf(() => Soup.Read(bytes, s_names[name]));
            Assert.True(memory < MostMemory, $"{memory} bytes for {Start(bytes)}");
            (count, most, longest) = (count + 1, Math.Max(most, memory), time > longest ? time : longest);
        }, time: Seconds, threads: 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} files of a megabyte, at most {longest.TotalSeconds:0.00} s and {most / 1e6:0} MB");
    }

    /// <summary>The processor time of an action, which must not be long; who was disturbed may try again.</summary>
    private static TimeSpan Within(Action read, byte[] bytes)
    {
        var took = TimeSpan.MaxValue;
        for (var tries = 0; tries < 3 && took > s_longest; tries++)
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            read();
            // Reading is the work of one thread: what others did meanwhile is not its.
            var (spent, passed) = (Environment.CpuUsage.TotalTime - before, clock.Elapsed);
            took = spent < passed ? spent : passed;
        }
        Assert.True(took <= s_longest, $"{took} for {Start(bytes)}");
        return took;
    }

    /// <summary>What is alive at most while an action runs beyond what was before, as a collector sees it that looks all the time.</summary>
    private static long MemoryOf(Action action)
    {
        var (before, most) = (GC.GetTotalMemory(forceFullCollection: true), 0L);
        var work = Task.Run(action);
        while (!work.Wait(TimeSpan.FromMilliseconds(20)))
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        return most;
    }

    private static string Start(byte[] bytes) => $"{bytes.Length} bytes: {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 300)))}";
}
