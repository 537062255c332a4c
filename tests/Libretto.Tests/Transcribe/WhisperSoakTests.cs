using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Tests.Transcribe;

/// <summary>
/// Same song, same options, same words, however the work is shared out. One song by default; <c>./test soak</c> compares all
/// four, at one and eight windows and one and two threads.
/// </summary>
public sealed class WhisperSoakTests
{
    private static readonly bool s_isWhole = Environment.GetEnvironmentVariable("LIBRETTO_SOAK") == "1";

    private static readonly (string Name, string Language)[] s_songs =
    [
        ("Fantasma_-_Los_Rombos", "es"), ("Avercage_-_Embers", "en"), ("Séculaire_feat._Nÿme_-_saru", "fr"), ("Veränderung_-_doromusis", "de"),
    ];

    private static readonly (int Batch, int Threads)[] s_ways = [(1, 1), (8, 2), (8, 1), (1, 2)];

    public static TheoryData<string, string> Songs =>
        new(s_songs.Take(s_isWhole ? s_songs.Length : 1).Select(song => (song.Name, song.Language)));

    [Theory]
    [MemberData(nameof(Songs))]
    public async Task Batch_and_threads_do_not_change_the_words(string song, string language)
    {
        var folder = WhisperFixture.Folder;
        using var audio = await WhisperFixture.Decode(Repository.SharedFile("audio", "songs", song + ".mp3"));
        string[]? first = null;
        foreach (var (batch, threads) in s_ways.Take(s_isWhole ? s_ways.Length : 2))
        {
            using var sessions = new OnnxSessions(threads);
            var pieces = await WhisperFixture.Transcribe(
                new WhisperTranscriber(folder, sessions, batch), audio, new TranscribeOptions { Language = language });
            string[] words = [.. pieces.SelectMany(piece => piece.Words).Select(word => word.Text)];
            Assert.NotEmpty(words);
            Assert.Equal(first ??= words, words);
        }
    }
}
