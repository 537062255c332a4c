using Libretto.Audio;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline;

public sealed class PassagePipelineTests
{
    [Fact]
    public async Task A_passages_words_stand_where_they_do_in_the_song()
    {
        await InstalledModels.MoonshineTinyAsync();
        await using var services = new ServiceCollection().AddLibretto(new LibrettoSettings { Engine = "moonshine", Keep = false }).BuildServiceProvider();

        var passage = await services.GetRequiredService<PassagePipeline>().RunAsync(
            new SongRequest(Repository.File("samples", "morning-light.ogg")), new TimeRange(7, 18), cancellationToken: TestContext.Current.CancellationToken);

        var words = passage.Document.Lines.SelectMany(line => line.Words).ToList();
        Assert.All(words, word => Assert.InRange(word.Start, 7, 18));
        // samples/morning-light.truth.json has "birds" at 8.645 s.
        Assert.InRange(words.Single(word => word.Text.StartsWith("birds", StringComparison.OrdinalIgnoreCase)).Start, 8.645 - 0.5, 8.645 + 0.5);
        Assert.Equal(("Morning Light", 40.38), (passage.Document.Title, Math.Round(passage.Document.Duration, 2)));
    }
}
