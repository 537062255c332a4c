using System.Globalization;
using Libretto.Audio.Activity;
using Libretto.Tests.Support;

namespace Libretto.Tests.Separate;

/// <summary>What the vocal stem says of where someone sings, against words timed by hand.</summary>
public class StemActivityTests(SeparationFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_lie_where_the_stem_sounds_and_it_is_silent_between_in_three_songs()
    {
        await AssertActiveAsync("Veränderung_-_doromusis", 0, 35, 0.97, 0.15);
        await AssertActiveAsync("Séculaire_feat._Nÿme_-_saru", 20, 35, 0.97, 0);
        await AssertActiveAsync("Fantasma_-_Los_Rombos", 0, 46, 0.97, 0.4);
    }

    private async Task AssertActiveAsync(string song, int start, int seconds, double wordsWithin, double silent)
    {
        using var whole = await fixture.DecodeAsync("audio", "songs", song + ".mp3");
        using var mix = whole.Cut(start, seconds);
        using var stems = await fixture.Spleeter.SeparateAsync(mix, null, Token);

        var active = ActivityDetector.Detect(stems.Vocals, ActivityOptions.ForStem, Token);

        var words = WordStarts(song).Select(time => time - start).Where(time => time > 0 && time < seconds).ToList();
        Assert.NotEmpty(words);
        var within = words.Count(time => active.Any(range => range.Start <= time && time < range.End)) / (double)words.Count;
        Assert.InRange(within, wordsWithin, 1);
        Assert.InRange(1 - (active.Sum(range => range.Length) / seconds), silent, 1);
    }

    private static IEnumerable<double> WordStarts(string song) =>
        File.ReadLines(Repository.SharedFile("audio", "songs", song + ".words.csv"))
            .Skip(1)
            .Select(line => double.Parse(line.Split(',')[0], CultureInfo.InvariantCulture));
}
