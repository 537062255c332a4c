using Libretto.Bench;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline;

public class SampleSongTests
{
    [Fact]
    public async Task The_sample_song_is_understood_and_timed_by_the_default_engine()
    {
        await InstalledModels.MoonshineTinyAsync();
        await using var services = new ServiceCollection().AddLibretto(new LibrettoSettings { Engine = "moonshine", Keep = false }).BuildServiceProvider();
        var song = await services.GetRequiredService<SongPipeline>().RunAsync(
            new SongRequest(Repository.File("samples", "morning-light.ogg")), cancellationToken: TestContext.Current.CancellationToken);

        var truth = LyricsFormats.Named("json").Read(await File.ReadAllTextAsync(
            Repository.File("samples", "morning-light.truth.json"), TestContext.Current.CancellationToken));
        var score = SongScore.Of(Words(song.Document), Words(truth));
        Assert.True(score.ErrorRate <= 0.15, $"word error rate {score.ErrorRate:F3}");
        Assert.True(score.Onsets >= 0.85, $"{score.Onsets:P0} of the recognised words start within 0.3 s");
        Assert.Equal(truth.Lines.Select(Plain), song.Document.Lines.Select(Plain));
        var ends = song.Document.Lines.Zip(truth.Lines).Count(pair => Math.Abs(pair.First.End - pair.Second.End) <= 0.3);
        Assert.True(ends >= 0.8 * truth.Lines.Count, $"{ends} of {truth.Lines.Count} lines end within 0.3 s");
        // The last word of the first line is held, and ends long before the next line begins.
        Assert.Equal(truth.Lines[0].End, song.Document.Lines[0].End, 0.3);
        Assert.Equal("Morning Light", song.Document.Title);
        Assert.Empty(DocumentRules.Validate(song.Document));
    }

    private static IEnumerable<(string Text, double Start)> Words(LyricsDocument document) =>
        document.Lines.SelectMany(line => line.Words).Select(word => (word.Text, word.Start));

    private static string Plain(LyricsLine line) => string.Concat(line.Text.ToLowerInvariant().Where(letter => char.IsLetter(letter) || letter == ' '));
}
