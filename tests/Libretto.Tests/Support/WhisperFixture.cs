using Libretto.Audio;
using Libretto.Models.Onnx;
using Libretto.Speech.Whisper;
using Libretto.Tools;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Tests.Support;

/// <summary>The real network, loaded once for a class of tests.</summary>
public sealed class WhisperFixture : IDisposable
{
    internal OnnxSessions Sessions { get; } = new(2);

    internal static string Folder => Repository.SharedFile("models", "whisper-base");

    internal WhisperTranscriber Transcriber => new(Folder, Sessions);

    internal WhisperModel Model => WhisperModel.Load(Folder, Sessions);

    public void Dispose() => Sessions.Dispose();

    internal static Task<PcmFile> Decode(string path) =>
        new AudioDecoder(new ToolRunner()).DecodeAsync(path, 16000, 1, null, TestContext.Current.CancellationToken);

    internal static async Task<List<TranscribedPiece>> Transcribe(
        ITranscriber engine, PcmFile audio, TranscribeOptions? options = null, CancellationToken? cancellationToken = null)
    {
        var pieces = new List<TranscribedPiece>();
        await foreach (var piece in engine.TranscribeAsync(
            audio, options ?? new TranscribeOptions(), null, cancellationToken ?? TestContext.Current.CancellationToken))
            pieces.Add(piece);
        return pieces;
    }
}
