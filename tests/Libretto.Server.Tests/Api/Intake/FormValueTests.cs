using Libretto.Server.Api.Intake;
using Libretto.Server.Http;

namespace Libretto.Server.Tests.Api.Intake;

/// <summary>What the text of a form field means, whichever form it stands in.</summary>
public sealed class FormValueTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void Nothing_is_as_if_absent(string text)
    {
        Assert.Null(FormValue.Text(text));
        Assert.Null(FormValue.Flag("stream", text));
        Assert.Null(FormValue.Number("temperature", text, 0, 1));
        Assert.Null(FormValue.Whole("beam", text, 1, 10));
        Assert.Null(FormValue.OneOf("quality", text, "fast", "best"));
        Assert.Empty(FormValue.List("formats", text));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    [InlineData("NO", false)]
    [InlineData("off ", false)]
    public void Yes_and_no_in_every_clients_words(string text, bool means) => Assert.Equal(means, FormValue.Flag("stream", text));

    [Theory]
    [InlineData("word,segment")]
    [InlineData("word, segment,")]
    [InlineData("""["word","segment"]""")]
    public void A_list_in_one_field(string text) => Assert.Equal(["word", "segment"], FormValue.List("timestamp_granularities", text));

    [Theory]
    [InlineData("timestamp_granularities", "timestamp_granularities")]
    [InlineData("timestamp_granularities[]", "timestamp_granularities")]
    [InlineData("timestamp_granularities[0]", "timestamp_granularities")]
    public void A_lists_name_is_the_same_however_it_is_bracketed(string written, string name) => Assert.Equal(name, FormValue.NameOf(written));

    [Fact]
    public void What_means_nothing_names_its_field()
    {
        Assert.Equal("stream", Assert.Throws<ApiProblem>(() => FormValue.Flag("stream", "maybe")).Param);
        Assert.Equal("temperature", Assert.Throws<ApiProblem>(() => FormValue.Number("temperature", "warm", 0, 1)).Param);
        Assert.Equal("temperature", Assert.Throws<ApiProblem>(() => FormValue.Number("temperature", "1.5", 0, 1)).Param);
        Assert.Equal("beam", Assert.Throws<ApiProblem>(() => FormValue.Whole("beam", "2.5", 1, 10)).Param);
        Assert.Equal("formats", Assert.Throws<ApiProblem>(() => FormValue.List("formats", "[half")).Param);
    }
}
