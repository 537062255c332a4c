using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Whisper.net;

// Recognises a song by Whisper.net as a .NET programmer would, with token times; prints its words and lines as JSON.
// usage: MODEL.bin SAMPLES.pcm LANGUAGE BEAM    (samples: 16 kHz mono, 32-bit float, no header; a beam of 1 is greedy)
var (model, pcm, language, beam) = (args[0], args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
var samples = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(pcm)).ToArray();

using var factory = WhisperFactory.FromPath(model);
var builder = factory.CreateBuilder().WithLanguage(language).WithThreads(Environment.ProcessorCount).WithTokenTimestamps();
if (beam > 1)
    builder.WithBeamSearchSamplingStrategy(search => search.WithBeamSize(beam));
else
    builder.WithGreedySamplingStrategy(_ => { });
await using var processor = builder.Build();

var words = new List<Word>();
await foreach (var segment in processor.ProcessAsync(samples))
{
    var first = words.Count;
    foreach (var token in segment.Tokens)
    {
        if (token.Text is not { Length: > 0 } text || text.StartsWith("[_", StringComparison.Ordinal) || text.StartsWith("<|", StringComparison.Ordinal))
            continue;
        // A token that begins with a space begins a word; times are hundredths of a second.
        if (text[0] == ' ' || words.Count == first)
            words.Add(new Word(text.Trim(), token.Start / 100.0, token.End / 100.0, false));
        else
            words[^1] = words[^1] with { Text = words[^1].Text + text, End = token.End / 100.0 };
    }
    if (words.Count > first)
        words[^1] = words[^1] with { EndsLine = true };
}
Console.WriteLine(JsonSerializer.Serialize(words.Where(word => word.Text.Any(char.IsLetterOrDigit)), JsonSerializerOptions.Web));

/// <summary>A word and its times in seconds.</summary>
internal sealed record Word(string Text, double Start, double End, bool EndsLine);
