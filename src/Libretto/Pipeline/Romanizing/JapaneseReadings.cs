using System.Text;
using Libretto.Tools;

namespace Libretto.Pipeline.Romanizing;

/// <summary>A piece of a Japanese line as MeCab parts it.</summary>
/// <param name="Text">As it stands in the line.</param>
/// <param name="Reading">Its sound in katakana; null where MeCab knows none.</param>
/// <param name="Joins">Whether it only goes on with the word before it, as the ending of a verb.</param>
internal sealed record JapanesePiece(string Text, string? Reading, bool Joins);

/// <summary>Has the system's MeCab part Japanese lines and say how they are read.</summary>
internal sealed class JapaneseReadings(ToolRunner tools)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>The pieces of each line.</summary>
    /// <param name="lines">Lines without line breaks.</param>
    /// <param name="cancellationToken">Ends MeCab at once.</param>
    /// <exception cref="ToolException">MeCab is missing, or has no dictionary in UTF-8.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<JapanesePiece>>> OfAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var read = new List<IReadOnlyList<JapanesePiece>>();
        await tools.RunAsync(
            Tool.Mecab,
            ["--input-buffer-size=1048576", @"--node-format=%m\t%H\n", @"--unk-format=%m\t\n", @"--eos-format=EOS\n"],
            readOutput: async (stream, token) =>
            {
                using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
                var pieces = new List<JapanesePiece>();
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    if (line.Split('\t', 2) is [var text, var features])
                        pieces.Add(PieceOf(text, features.Split(','), pieces.LastOrDefault()));
                    else
                    {
                        read.Add(pieces);
                        pieces = [];
                    }
                }
            },
            writeInput: async (stream, token) =>
            {
                foreach (var line in lines)
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), token);
            },
            timeLimit: s_limit,
            cancellationToken: cancellationToken);
        return read;
    }

    private static JapanesePiece PieceOf(string text, string[] features, JapanesePiece? before)
    {
        // Particles are written as they once were spoken.
        var reading = features[0] == "助詞" ? text switch { "は" => "ワ", "へ" => "エ", "を" => "オ", _ => null } : null;
        var joins = before is not null && (features[0] == "助動詞" || (features.Length > 1 && (features[0], features[1]) is
            ("助詞", "接続助詞") or ("動詞", "非自立" or "非自立可能" or "接尾") or ("形容詞", "接尾")));
        return new JapanesePiece(text, reading ?? ReadingOf(text, features), joins);
    }

    /// <summary>Where the reading stands depends on the dictionary: IPA's, UniDic's, Juman's.</summary>
    private static string? ReadingOf(string text, string[] features)
    {
        if (text.EnumerateRunes().All(Kana.Is))
            return Kana.ToKatakana(text);
        var reading = features.Length switch { > 11 => features[9], > 7 => features[7], > 5 => features[5], _ => "" };
        return reading.Length > 0 && reading.EnumerateRunes().All(Kana.Is) ? Kana.ToKatakana(reading) : null;
    }
}
