using Libretto.Models;

namespace Libretto.Tests.Models;

public sealed class ModelCatalogueTests
{
    [Fact]
    public void Every_model_says_what_a_user_wants_to_know()
    {
        Assert.All(ModelCatalogue.All, entry =>
        {
            Assert.NotEmpty(entry.Licence);
            Assert.NotEmpty(entry.Summary);
            Assert.NotEmpty(entry.Sources);
            Assert.True(entry.DownloadBytes > 0);
            Assert.Matches("^[a-z0-9][a-z0-9.-]*$", entry.Name);
        });
        Assert.Equal(ModelCatalogue.All.Count, ModelCatalogue.All.Select(entry => entry.Name).Distinct().Count());
    }

    [Fact]
    public void Models_are_found_whatever_the_case() =>
        Assert.Equal("whisper-base", ModelCatalogue.Find("Whisper-Base")?.Name);

    [Fact]
    public void What_the_catalogue_knows_the_checksums_of_is_pinned() =>
        Assert.Equal([ModelCatalogue.SmallSpeechModel, ModelCatalogue.PitchModel, "hyphenation"], ModelCatalogue.All.Where(entry => entry.IsPinned).Select(entry => entry.Name));
}
