using System.Text;
using System.Text.RegularExpressions;

namespace Libretto.Models.Download;

/// <summary>
/// Reads the vocabulary out of llama-tokenizer-js: there it is a base64 text, UTF-8, a token a line, the line's number its id.
/// </summary>
internal static partial class LlamaVocabulary
{
    private const int FewestTokens = 256;

    /// <summary>Writes the tokens as they are, separated by line feeds (a token may hold other line separators).</summary>
    public static async Task ExtractAsync(string script, string target, CancellationToken ct)
    {
        var match = Vocabulary().Match(await File.ReadAllTextAsync(script, ct));
        var bytes = new byte[match.Groups[1].Length];
        if (!match.Success || !Convert.TryFromBase64String(match.Groups[1].Value, bytes, out var count) ||
            bytes.AsSpan(0, count).Count((byte)'\n') < FewestTokens || !Encoding.UTF8.GetString(bytes, 0, 5).StartsWith(
                "<unk>", StringComparison.Ordinal))
        {
            throw new ModelException(
                ErrorKind.Missing, "model_broken", $"{script} holds no vocabulary. Run 'libretto models pull' for its model again.");
        }
        await File.WriteAllBytesAsync(target, bytes.AsMemory(0, count), ct);
    }

    [GeneratedRegex("llama_vocab_base64\\s*=\\s*[\"'`]([A-Za-z0-9+/=]+)[\"'`]")]
    private static partial Regex Vocabulary();
}
