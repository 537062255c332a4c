using System.Text;
using Libretto.Speech;
using Libretto.Speech.Ctc;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Ctc;

public sealed class CtcVocabularyTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exports_without_a_vocabulary_of_their_own_have_it_in_their_tokenizer()
    {
        File.WriteAllText(_folder["tokenizer.json"], """
            { "added_tokens": [{ "id": 4, "content": "<s>", "special": true }],
              "model": { "type": "WordLevel", "vocab": { "<pad>": 0, "|": 1, "ä": 2, "b": 3 } } }
            """);
        var vocabulary = CtcVocabulary.Read(_folder.Path);
        Assert.Equal((5, 0, 1, 2), (vocabulary.Count, vocabulary.Blank, vocabulary.Delimiter, vocabulary.Find(new Rune('Ä'))));
    }

    [Fact]
    public void A_tokenizer_of_another_kind_is_refused()
    {
        File.WriteAllText(_folder["tokenizer.json"], """{ "model": { "type": "BPE", "vocab": ["a", "b"] } }""");
        Assert.Throws<SpeechException>(() => CtcVocabulary.Read(_folder.Path));
    }
}
