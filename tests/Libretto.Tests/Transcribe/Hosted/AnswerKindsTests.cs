using System.Globalization;
using System.Text;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>Answers as the many servers of OpenAI's protocol really give them, over a real connection: right words at right times, and a notice of what was mended.</summary>
public class AnswerKindsTests
{
    private const string Text = "Every song will find a home.";

    private static readonly (string Word, double Start, double End)[] s_sung =
        [("Every", 1, 1.4), ("song", 1.5, 2), ("will", 2.2, 2.5), ("find", 3, 3.6), ("a", 3.8, 3.9), ("home", 4, 5.5)];

    [Theory]
    [InlineData("reversed")]
    [InlineData("shuffled")]
    [InlineData("in segments")]
    [InlineData("segments reversed")]
    public async Task Words_out_of_order_are_put_in_the_order_of_the_text(string how)
    {
        var words = how == "shuffled" ? [s_sung[3], s_sung[0], s_sung[5], s_sung[1], s_sung[4], s_sung[2]] : s_sung.Reverse().ToArray();
        var segments = how switch
        {
            "in segments" => Segments((Text, words)),
            "segments reversed" => Segments(("find a home.", s_sung[3..]), ("Every song will", s_sung[..3])),
            _ => Segments(("Every song will", null), ("find a home.", null)),
        };
        var piece = await HearAsync(Json(Text, segments, how.Contains("segments", StringComparison.Ordinal) ? null : words));
        AssertSung(piece);
        if (how != "segments reversed")
            Assert.Contains("another order", Assert.Single(piece.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_out_of_order_without_a_text_are_sorted_by_their_times()
    {
        var piece = await HearAsync(Json(null, null, [.. s_sung.Reverse()]));
        Assert.Equal(s_sung.Select(word => word.Word), piece.Words.Select(word => word.Text));
        Assert.Equal(1, piece.Guards["word_order"]);
    }

    [Fact]
    public async Task A_word_at_a_wrong_time_does_not_change_the_order()
    {
        var words = s_sung.ToArray();
        words[1] = ("song", 9, 9.2);
        var piece = await HearAsync(Json(Text, null, words));
        Assert.Equal(Text, string.Join(' ', piece.Words.Select(word => word.Text)));
        Assert.Equal(["song"], piece.Words.Where(word => word.Estimated == true).Select(word => word.Text));
    }

    [Fact]
    public async Task Words_that_the_list_lacks_are_taken_from_the_text()
    {
        var piece = await HearAsync(Json(Text, Segments(("Every song will", null), ("find a home.", null)), [.. s_sung.Where(word => word.Word is not ("song" or "find" or "a"))]));
        Assert.Equal(Text, string.Join(' ', piece.Words.Select(word => word.Text)));
        Assert.Equal(["song", "find", "a"], piece.Words.Where(word => word.Estimated == true).Select(word => word.Text));
        Assert.Equal([2, 5], piece.SegmentEnds);
        Assert.Equal([1.0, 2.2, 4.0], piece.Words.Where(word => word.Estimated != true).Select(word => word.Start));
        Assert.Contains("3 words of the text were missing", Assert.Single(piece.Notices), StringComparison.Ordinal);
        Assert.Empty(DocumentRules.Validate(new LyricsDocument { Duration = 11, Lines = [LyricsLine.Of(piece.Words)] }));
    }

    [Fact]
    public async Task Words_listed_twice_are_kept_once()
    {
        var piece = await HearAsync(Json(Text, null, [.. s_sung.SelectMany(word => new[] { word, word })]));
        AssertSung(piece);
        Assert.Contains("6 words were listed twice", Assert.Single(piece.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_is_sung_twice_stays_twice()
    {
        var piece = await HearAsync(Json("home home", null, [("home", 1, 2), ("home", 2, 3)]));
        Assert.Equal([1.0, 2.0], piece.Words.Select(word => word.Start));
        Assert.Empty(piece.Guards);
    }

    [Theory]
    [InlineData(1e2)]
    [InlineData(1e3)]
    [InlineData(1e9)] // LocalAI's
    public async Task Times_in_another_unit_are_converted(double unit)
    {
        var long_ = s_sung.Select(word => (word.Word, word.Start * 2 * unit, word.End * 2 * unit)).ToArray();
        var piece = await HearAsync(Json(Text, null, long_));
        Assert.Equal(s_sung.Select(word => word.Start * 2), piece.Words.Select(word => Math.Round(word.Start, 3)));
        Assert.Equal(1, piece.Guards["time_unit"]);
    }

    [Fact]
    public async Task Segments_in_another_unit_are_converted_too()
    {
        var piece = await HearAsync("""{"text":"ask not","segments":[{"id":0,"start":2000000000,"end":4000000000,"text":"ask not"}]}""");
        Assert.Equal((2.0, 4.0), (piece.Words[0].Start, piece.Words[^1].End));
    }

    [Fact]
    public async Task Words_after_the_end_are_not_squeezed_into_its_last_moment()
    {
        var words = s_sung.Append(("again", 14, 15)).Append(("tonight", 15, 16)).ToArray();
        var piece = await HearAsync(Json("Every song will find a home again tonight", null, words));
        Assert.Equal(["again", "tonight"], piece.Words.Where(word => word.Estimated == true).Select(word => word.Text));
        Assert.All(piece.Words, word => Assert.InRange(word.End - word.Start, 0.08, 6));
        Assert.Equal(2, piece.Guards["word_times_repaired"]);
    }

    [Theory]
    [InlineData("another recording's words", 0)]
    [InlineData(Text, 40)]
    public async Task A_list_that_is_not_the_texts_is_not_used(string listed, double later)
    {
        var words = listed == Text ? s_sung.Select(word => (word.Word, word.Start + later, word.End + later)).ToArray()
            : Enumerable.Range(0, 12).Select(i => ($"other{i}", (double)i, i + 0.5)).ToArray();
        var piece = await HearAsync(Json(Text, Segments((Text, null)), words));
        Assert.Equal(Text, string.Join(' ', piece.Words.Select(word => word.Text)));
        Assert.All(piece.Words, word => Assert.True(word.Estimated));
        Assert.Contains(piece.Notices, notice => notice.Contains("is not that of the text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_tokens_of_whisper_cpps_server_become_words()
    {
        var piece = await HearAsync(
            """
            {"task":"transcribe","language":"english","duration":11.0,"text":" Ask not, my fellow Americans\n","segments":[{"id":0,"text":" Ask not, my fellow Americans",
             "start":1.0,"end":5.0,"tokens":[1],"words":[{"word":"[_BEG_]","start":1.0,"end":1.0,"t_dtw":-1,"probability":0.9},
             {"word":" Ask","start":1.0,"end":1.5,"t_dtw":-1,"probability":0.9},{"word":" not","start":1.5,"end":2.0,"probability":0.9},{"word":",","start":2.0,"end":2.1,"probability":0.5},
             {"word":" my","start":2.1,"end":2.5,"probability":0.9},{"word":" f","start":2.5,"end":2.7,"probability":0.9},{"word":"ellow","start":2.7,"end":3.0,"probability":0.9},
             {"word":" Amer","start":3.0,"end":3.5,"probability":0.9},{"word":"icans","start":3.5,"end":4.0,"probability":0.9},{"word":"[_TT_200]","start":5.0,"end":5.0,"probability":0.1}],
             "temperature":0.0,"avg_logprob":-0.2,"no_speech_prob":0.0}]}
            """);
        Assert.Equal(["Ask", "not,", "my", "fellow", "Americans"], piece.Words.Select(word => word.Text));
        Assert.Equal([1.0, 1.5, 2.1, 2.5, 3.0], piece.Words.Select(word => word.Start));
        Assert.Empty(piece.Guards);
    }

    [Fact]
    public async Task Nulls_and_numbers_written_as_text_are_understood()
    {
        var piece = await HearAsync(
            """
            {"text":"ask not","language":null,"duration":"11.0","segments":[{"id":"0","start":"1.0","end":null,"text":"ask not","avg_logprob":null,"compression_ratio":null,
             "no_speech_prob":null,"words":[{"word":"ask","start":"1.0","end":"1.4","probability":null},null,{"word":"not","start":1.5,"end":2.0}]},null],"words":null,"usage":{"type":"duration"}}
            """);
        Assert.Equal([("ask", 1.0), ("not", 1.5)], piece.Words.Select(word => (word.Text, word.Start)));
    }

    [Fact]
    public async Task Languages_without_spaces_agree_with_their_text_however_they_are_cut()
    {
        var piece = await HearAsync("""{"text":"今天天气很好","words":[{"word":"今天","start":1,"end":2},{"word":"天气","start":2,"end":3},{"word":"很","start":3,"end":3.5},{"word":"好","start":3.5,"end":4}]}""");
        Assert.Equal("今天天气很好", string.Concat(piece.Words.Select(word => word.Text)));
        Assert.Empty(piece.Guards);
    }

    [Fact]
    public async Task A_model_that_gives_no_times_is_asked_for_its_text()
    {
        await using var openai = await HostedFixture.StartAsync();
        openai.Server.Answer = (context, request) => request.Field("response_format") == "json"
            ? SpeechServer.JsonAsync(context, 200, """{"text":"Ask not","usage":{"type":"tokens","total_tokens":20}}""")
            : SpeechServer.JsonAsync(
                context, 400, Answers.Error("unsupported_value", "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'. Use 'json' or 'text' instead."));
        openai.Engine = openai.Engine with { Model = "gpt-4o-transcribe" };
        using var song = HostedFixture.Song();
        var transcriber = openai.Transcriber();
        for (var i = 0; i < 2; i++)
        {
            var pieces = await transcriber.TranscribeAsync(song, new TranscribeOptions(), null, HostedFixture.Token).ToListAsync(HostedFixture.Token);
            Assert.Equal(["Ask", "not"], pieces[0].Words.Select(word => word.Text));
            Assert.All(pieces[0].Words, word => Assert.True(word.Estimated));
        }
        Assert.Equal(["verbose_json", "json", "json"], openai.Server.Requests.Select(request => request.Field("response_format")));
        Assert.DoesNotContain("timestamp_granularities[]", openai.Server.Requests.Last().Fields.Keys);
    }

    [Theory]
    [InlineData("""{"error":{"message":"backend is loading","code":503}}""", "backend is loading")]
    [InlineData("""{"error":"no such model"}""", "no such model")]
    [InlineData("""{"detail":[{"loc":["body","file"],"msg":"Field required"}]}""", "Field required")]
    [InlineData("\n <!DOCTYPE html><html>Sign in</html>", "web page")]
    [InlineData("[1,2]", "neither text nor words")]
    public async Task An_error_under_status_200_says_what_it_is(string body, string says)
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, body);
        var error = await Assert.ThrowsAsync<HostedException>(() => groq.HearAsync());
        Assert.Equal("hosted_answer", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSung(TranscribedPiece piece)
    {
        Assert.Equal(Text, string.Join(' ', piece.Words.Select(word => word.Text)));
        Assert.Equal(s_sung.Select(word => word.Start), piece.Words.Select(word => word.Start));
        Assert.All(piece.Words, word => Assert.Null(word.Estimated));
    }

    private static async Task<TranscribedPiece> HearAsync(string answer)
    {
        await using var server = await HostedFixture.StartAsync();
        server.Server.Once(200, answer);
        return Assert.Single(await server.HearAsync());
    }

    private static string Json(string? text, string? segments, IReadOnlyList<(string, double, double)>? words) =>
        $$"""{{{(text is null ? "" : $"\"text\":\"{text}\",")}}"language":"english"{{(segments is null ? "" : ",\"segments\":" + segments)}}{{(words is null ? "" : ",\"words\":" + Words(words))}}}""";

    /// <summary>Segments from second 1 to 2.5 and from 3 on.</summary>
    private static string Segments(params (string Text, IReadOnlyList<(string, double, double)>? Words)[] segments)
    {
        var json = new StringBuilder("[");
        foreach (var (text, words) in segments)
        {
            var start = text.StartsWith("Every", StringComparison.Ordinal) ? 1 : 3;
            var end = text.EndsWith("home.", StringComparison.Ordinal) ? 6 : 2.6;
            json.Append(CultureInfo.InvariantCulture, $$"""{{(json.Length > 1 ? "," : "")}}{"start":{{start}},"end":{{end}},"text":" {{text}}"{{(words is null ? "" : ",\"words\":" + Words(words))}}}""");
        }
        return json.Append(']').ToString();
    }

    private static string Words(IEnumerable<(string Word, double Start, double End)> words) => "[" + string.Join(',', words.Select(word =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"word":"{{word.Word}}","start":{{word.Start}},"end":{{word.End}}}"""))) + "]";
}
