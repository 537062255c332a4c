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
        Assert.Equal("Morning Light", song.Document.Title);
        Assert.Empty(DocumentRules.Validate(song.Document));
    }

    private static IEnumerable<(string Text, double Start)> Words(LyricsDocument document) =>
        document.Lines.SelectMany(line => line.Words).Select(word => (word.Text, word.Start));
}
