using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>
/// A fuzzer on the front door of lyrics: no exception but the documented one, no reading that takes long. A few seconds by default;
/// <c>./test soak</c> goes on for five minutes, or for the minutes in LIBRETTO_FUZZ_MINUTES.
/// </summary>
public class ReaderSoakTests
{
    private static readonly bool s_isWhole = Environment.GetEnvironmentVariable("LIBRETTO_SOAK") == "1";

    /// <summary>No damaged file of a few kilobytes takes longer, however busy the machine is.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private static int Seconds => s_isWhole
        ? 60 * (int.TryParse(Environment.GetEnvironmentVariable("LIBRETTO_FUZZ_MINUTES"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : 5)
        : 3;

    [Fact]
    public void Whatever_a_file_holds_lyrics_or_a_clear_error_come_of_it()
    {
        var names = LyricsFormats.All.Select(format => (string?)("song" + format.Extension)).Append(null).ToArray();
        Gen.Select(Soup.Bytes, Gen.Int[0, names.Length - 1]).Sample((bytes, name) =>
        {
            var clock = Stopwatch.StartNew();
            Soup.Read(bytes, names[name]);
            Assert.True(clock.Elapsed < s_longest, $"{bytes.Length} bytes took {clock.Elapsed}");
        }, time: Seconds, threads: 1);
    }
}
