using Libretto.Pipeline;

namespace Libretto.Bench.Scale;

/// <summary>A song that is posted.</summary>
/// <param name="Second">Of the day.</param>
/// <param name="Key">Who posts it.</param>
/// <param name="Song">Which song; the same number is the same work.</param>
/// <param name="Length">Seconds of audio.</param>
internal readonly record struct Arrival(int Second, int Key, int Song, double Length);

/// <summary>
/// A day of songs: a curve with its low at five in the morning and its high at eight in the evening, eight times as high; six bursts of
/// five minutes at five times the rate; one link that everybody posts from noon on; one key that posts a whole library at ten. The same
/// seed gives the same day.
/// </summary>
internal sealed class Arrivals(int songsADay, int seed = 1)
{
    public const int Day = 86_400;
    public const int ViralSong = 0;
    public const int LibraryKey = 0;
    private const int Keys = 5_000;
    private const double ViralShare = 0.04;
    private const double LibraryShare = 0.02;
    private const double RepeatedShare = 0.15;

    public IEnumerable<Arrival> All()
    {
        var random = new Random(seed);
        var bursts = Enumerable.Range(0, 6).Select(_ => random.Next(Day)).ToArray();
        var rates = Enumerable.Range(0, Day).Select(second => Curve(second) * (bursts.Any(burst => second >= burst && second < burst + 300) ? 5 : 1)).ToArray();
        var sum = rates.Sum();
        var rest = songsADay * (1 - ViralShare - LibraryShare);
        var song = 1;
        for (var second = 0; second < Day; second++)
        {
            for (var n = Poisson(random, rates[second] / sum * rest); n > 0; n--)
                // Some post what others have posted before.
                yield return new Arrival(second, Key(random), song > 100 && random.NextDouble() < RepeatedShare ? 1 + random.Next(song - 1) : song++, Length(random));
            for (var n = Poisson(random, Viral(second) * songsADay * ViralShare); n > 0; n--)
                yield return new Arrival(second, Key(random), ViralSong, 200);
            if (second == 10 * 3600)
                for (var n = (int)(songsADay * LibraryShare); n > 0; n--)
                    yield return new Arrival(second, LibraryKey, song++, Length(random));
        }
    }

    private static double Curve(int second) => 1 + (3.5 * (1 + Math.Cos(2 * Math.PI * (second - (20 * 3600)) / Day)));

    /// <summary>Share of the link's posts in a second: up within minutes, then halved every hour.</summary>
    private static double Viral(int second)
    {
        var since = second - (12 * 3600);
        return since < 0 ? 0 : (1 - Math.Exp(-since / 300.0)) * Math.Pow(0.5, since / 3600.0) / 4900;
    }

    /// <summary>Few post much, many little.</summary>
    private static int Key(Random random) => 1 + (int)((Keys - 1) * Math.Pow(random.NextDouble(), 3));

    private static double Length(Random random) => Math.Clamp(200 * Math.Exp(0.35 * Normal(random)), 30, 1200);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static int Poisson(Random random, double mean)
    {
        if (mean > 50)
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));
        var (n, product, limit) = (0, random.NextDouble(), Math.Exp(-mean));
        for (; product > limit; n++)
            product *= random.NextDouble();
        return n;
    }
}
