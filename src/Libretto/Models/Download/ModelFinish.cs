using Libretto.Models.Onnx;

namespace Libretto.Models.Download;

/// <summary>Makes fetched files ready for use, once, before they are installed. Finished files are left as they are.</summary>
internal static class ModelFinish
{
    private const string Quantized = "_q8.onnx";
    private static readonly string[] WhisperParts = ["encoder_model", "decoder_model_merged"];

    // As hubs name them; of two, the more exact one.
    private static readonly string[] Originals = [".onnx", "_fp16.onnx"];

    public static async Task ApplyAsync(ModelKind kind, string folder, CancellationToken ct)
    {
        switch (kind)
        {
            case ModelKind.Moonshine:
                await VocabularyAsync(folder, ct);
                ShowAttention(Path.Combine(folder, "decoder_model_merged.onnx"));
                break;
            case ModelKind.Whisper:
                // What the 8-bit files were made from is two or three times their size and not needed any more.
                foreach (var made in Optimize(folder, ct))
                    DeleteOriginals(made);
                break;
        }
    }

    /// <summary>
    /// Makes the 8-bit files of a Whisper folder that are missing and can be made from 32-bit or 16-bit ones; the originals stay.
    /// </summary>
    /// <returns>The files made.</returns>
    public static IReadOnlyList<string> Optimize(string folder, CancellationToken ct)
    {
        var made = new List<string>();
        foreach (var part in WhisperParts)
        {
            ct.ThrowIfCancellationRequested();
            var target = Path.Combine(folder, "onnx", part + Quantized);
            var original = Originals.Select(ending => Path.Combine(folder, "onnx", part + ending)).FirstOrDefault(File.Exists);
            if (File.Exists(target) || original is null)
                continue;
            Quantize(original, target);
            made.Add(target);
        }
        return made;
    }

    private static void Quantize(string original, string target)
    {
        var model = OnnxFile.Read(original);
        try
        {
            HalfPrecision.Widen(model, original);
            if (BlockQuantizer.Quantize(model, original) == 0)
                throw new InvalidDataException("It has no matrix products of floats.");
        }
        catch (InvalidDataException e)
        {
            throw ModelException.CannotLoad(original, e);
        }
        OnnxFile.Write(model, target);
        try
        {
            LoadOnce(target);
        }
        catch (ModelException)
        {
            File.Delete(target);
            File.Delete(target + "_data");
            throw;
        }
    }

    private static void DeleteOriginals(string quantized)
    {
        foreach (var ending in Originals)
        {
            var original = quantized[..^Quantized.Length] + ending;
            File.Delete(original);
            File.Delete(original + "_data");
        }
    }

    private static async Task VocabularyAsync(string folder, CancellationToken ct)
    {
        var script = Path.Combine(folder, "llama-tokenizer.js");
        var tokens = Path.Combine(folder, "tokens.txt");
        if (File.Exists(script))
        {
            await LlamaVocabulary.ExtractAsync(script, tokens, ct);
            File.Delete(script);
        }
        if (!File.Exists(tokens))
            throw ModelException.FileMissing(tokens);
    }

    private static void ShowAttention(string decoder)
    {
        try
        {
            var model = OnnxFile.Read(decoder);
            if (AttentionOutputs.Add(model))
                OnnxFile.Write(model, decoder);
        }
        catch (InvalidDataException e)
        {
            throw ModelException.CannotLoad(decoder, e);
        }
        LoadOnce(decoder);
    }

    // What the runtime cannot load is never installed.
    private static void LoadOnce(string file)
    {
        using var sessions = new OnnxSessions(threads: 1);
        sessions.Open(file);
    }
}
