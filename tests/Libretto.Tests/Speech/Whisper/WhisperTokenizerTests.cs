using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Libretto.Speech;
using Libretto.Speech.Whisper;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Whisper;

public class WhisperTokenizerTests
{
    private static readonly Lazy<JsonNode> s_json = new(() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(TestModels.Folder, TestModels.Whisper, "tokenizer.json")))!);
    private static readonly Lazy<WhisperTokenizer> s_base = new(() => Parse(Json()));

    [Fact]
    public void Text_tokens_and_languages_of_the_published_vocabulary_are_the_references_own()
    {
        var tokenizer = new WhisperTokenizer(ByteLevelVocabulary.Parse(File.ReadAllBytes(Repository.SharedFile("models", "whisper-base", "tokenizer.json"))));
        Assert.Equal(99, tokenizer.Languages.Count);
        foreach (var name in (string[])["jfk", "vm-intro-en", "holiznacc0-excerpt"])
        {
            using var golden = JsonDocument.Parse(File.ReadAllBytes(Repository.SharedFile("golden", "whisper", name + ".json")));
            foreach (var segment in golden.RootElement.GetProperty("segments").EnumerateArray())
            {
                int[] tokens = [.. segment.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()).Where(tokenizer.IsText)];
                var text = segment.GetProperty("text").GetString()!;
                Assert.Equal(text, tokenizer.Decode(tokens));
                Assert.Equal(tokens, tokenizer.Encode(text));
            }
        }
    }

    [Theory]
    [InlineData("don't l'été  \n naïve — 1999!")]
    [InlineData("日本語の歌、Привет")]
    [InlineData("🎵 ñandú 🎶")]
    public void Any_text_comes_back(string text) => Assert.Equal(text, s_base.Value.Decode([.. s_base.Value.Encode(text)]));

    [Fact]
    public void Merges_are_read_as_pairs_and_as_strings()
    {
        var json = Json();
        var merges = json["model"]!["merges"]!.AsArray();
        json["model"]!["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)$"{m![0]} {m[1]}")]);
        const string Text = " Please leave the letter";
        Assert.Equal(s_base.Value.Encode(Text), Parse(json).Encode(Text));
        Assert.InRange(s_base.Value.Encode(Text).Count, 1, Text.Length - 1);
    }

    [Fact]
    public void The_older_name_of_no_speech_is_known()
    {
        var json = Json();
        json["added_tokens"]!.AsArray().Single(t => t!["content"]!.GetValue<string>() == "<|nospeech|>")!["content"] = "<|nocaptions|>";
        Assert.Equal(s_base.Value.NoSpeech, Parse(json).NoSpeech);
    }

    [Fact]
    public void A_character_cut_in_two_is_left_out()
    {
        var tokens = s_base.Value.Encode(" 🦩");
        Assert.True(tokens.Count > 1);
        Assert.DoesNotContain('\uFFFD', s_base.Value.Decode([.. tokens[..^1]]));
    }

    [Fact]
    public void Languages_are_those_between_start_and_tasks()
    {
        Assert.DoesNotContain("translate", s_base.Value.Languages.Keys);
        Assert.Equal("es", s_base.Value.LanguageOf(s_base.Value.Languages["es"]));
    }

    [Theory]
    [InlineData(" Qu'est-ce que l'été, \"dis-moi\" ! Oui... - non", "fr", "Qu'est-ce|que|l'été,|\"dis-moi\" !|Oui... -|non")]
    [InlineData(" And so, (my) fellow", "en", "And|so,|(my)|fellow")]
    [InlineData("君の名は。「歌」", "ja", "君|の|名|は。|「歌」")]
    public void Words_split_at_spaces_or_characters_and_keep_their_marks(string text, string language, string words)
    {
        var tokens = s_base.Value.Encode(text);
        var split = s_base.Value.SplitWords(tokens, language);
        Assert.Equal(words.Split('|'), split.Select(w => w.Text.Trim()));
        Assert.Equal(tokens.Count, split.Sum(w => w.Count));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[]}""")]
    public void Another_vocabulary_is_refused(string json) =>
        Assert.Throws<FormatException>(() => new WhisperTokenizer(ByteLevelVocabulary.Parse(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void A_merge_that_is_no_pair_is_told_as_the_vocabulary_is_read()
    {
        var json = Json();
        json["model"]!["merges"]![7] = "alone";

        Assert.Throws<FormatException>(() => ByteLevelVocabulary.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    private static JsonNode Json() => s_json.Value.DeepClone();

    private static WhisperTokenizer Parse(JsonNode json) => new(ByteLevelVocabulary.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
}
