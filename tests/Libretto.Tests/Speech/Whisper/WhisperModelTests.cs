using System.Text.Json.Nodes;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Speech;
using Libretto.Speech.Whisper;
using Libretto.Tests.Support;

namespace Libretto.Tests.Speech.Whisper;

public sealed class WhisperModelTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly OnnxSessions _sessions = new(1);

    public void Dispose()
    {
        _sessions.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("generation_config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("onnx/encoder_model.onnx")]
    [InlineData("onnx/decoder_model_merged.onnx")]
    public void A_missing_file_is_named(string file)
    {
        var folder = Copy();
        File.Delete(Path.Combine(folder, file));
        var error = Assert.Throws<ModelException>(() => WhisperModel.Load(folder, _sessions));
        Assert.Equal("model_incomplete", error.Code);
        Assert.Contains(Path.GetFileNameWithoutExtension(file), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("onnx/encoder_model.onnx")]
    [InlineData("onnx/decoder_model_merged.onnx")]
    public void A_truncated_file_is_a_broken_model(string file)
    {
        var folder = Copy();
        var path = Path.Combine(folder, file);
        var half = File.ReadAllBytes(path)[..(int)(new FileInfo(path).Length / 2)];
        File.Delete(path);
        File.WriteAllBytes(path, half);
        Assert.Equal("model_broken", Assert.Throws<ModelException>(() => WhisperModel.Load(folder, _sessions)).Code);
    }

    [Fact]
    public void Another_architecture_is_refused()
    {
        var folder = Copy();
        Edit(folder, "config.json", json => json["model_type"] = "moonshine");
        Assert.Contains("moonshine", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_of_another_model_is_refused()
    {
        var folder = Copy();
        Edit(folder, "tokenizer.json", json =>
        {
            foreach (var token in json["added_tokens"]!.AsArray().SkipWhile(t => t!["content"]!.GetValue<string>() != "<|translate|>"))
                token!["id"] = token["id"]!.GetValue<int>() + 1;
        });
        Assert.Contains("tokenizer.json", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_size_the_network_lacks_is_refused()
    {
        var folder = Copy();
        Edit(folder, "config.json", json => json["vocab_size"] = 51866);
        Assert.Contains("51866", Refused(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Swapped_networks_are_refused()
    {
        var folder = Copy();
        var (encoder, decoder) = (Path.Combine(folder, "onnx", "encoder_model.onnx"), Path.Combine(folder, "onnx", "decoder_model_merged.onnx"));
        File.Move(encoder, encoder + ".swap");
        File.Move(decoder, encoder);
        File.Move(encoder + ".swap", decoder);
        Refused(folder);
    }

    private SpeechException Refused(string folder)
    {
        var error = Assert.Throws<SpeechException>(() => WhisperModel.Load(folder, _sessions));
        Assert.Equal("model_unsupported", error.Code);
        return error;
    }

    private static void Edit(string folder, string file, Action<JsonNode> edit)
    {
        var path = Path.Combine(folder, file);
        var json = JsonNode.Parse(File.ReadAllBytes(path))!;
        edit(json);
        File.Delete(path);
        File.WriteAllText(path, json.ToJsonString());
    }

    private string Copy() => new SmallWhisper().Write(_scratch["whisper-base"]);
}
