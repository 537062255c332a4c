using Libretto.Lyrics;
using Libretto.Lyrics.Scoring;
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
        var score = LyricsScore.Of(ScoredWords.Of(truth), ScoredWords.Of(song.Document));
        Assert.Equal(truth.Lines.Select(line => line.Text.TrimEnd('.', ',')), song.Document.Lines.Select(line => line.Text.TrimEnd('.', ',')), StringComparer.OrdinalIgnoreCase);
        Assert.True(score.CorrectOnsets >= 0.95, $"{score.CorrectOnsets:P0} of the recognised words start within 0.3 s");
        var ends = truth.Lines.Zip(song.Document.Lines).Count(pair => Math.Abs(pair.First.End - pair.Second.End) <= 0.3);
        Assert.True(ends >= 0.8 * truth.Lines.Count, $"{ends} of {truth.Lines.Count} lines end within 0.3 s");
        Assert.Equal("Morning Light", song.Document.Title);
        Assert.Empty(DocumentRules.Validate(song.Document));
    }
}
