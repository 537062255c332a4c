using Libretto.Models.Onnx;

namespace Libretto.Models;

/// <summary>Makes fetched files ready for use, once, before they are installed. Finished files are left as they are.</summary>
internal static class ModelFinish
{
    public static async Task ApplyAsync(ModelKind kind, string folder, CancellationToken ct)
    {
        switch (kind)
        {
            case ModelKind.Moonshine:
                await VocabularyAsync(folder, ct);
                ShowAttention(Path.Combine(folder, "decoder_model_merged.onnx"));
                break;
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
