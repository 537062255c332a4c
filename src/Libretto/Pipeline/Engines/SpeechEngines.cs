using Libretto.Align;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Transcribe;
using Libretto.Transcribe.Moonshine;
using Libretto.Transcribe.Whisper;
using Microsoft.Extensions.Logging;

namespace Libretto.Pipeline.Engines;

/// <summary>Makes the recogniser that fits a model's folder.</summary>
internal sealed class SpeechEngines(OnnxSessions sessions, ILoggerFactory loggers)
{
    /// <summary>
    /// What a folder holds, judged by its files, so that a model made or converted by the user works too; null when no speech
    /// model.
    /// </summary>
    public static ModelKind? KindOf(string folder) =>
        File.Exists(Path.Combine(folder, "tokens.txt")) && File.Exists(Path.Combine(folder, "encoder_model.onnx")) ? ModelKind.Moonshine
        : File.Exists(Path.Combine(folder, "generation_config.json")) ? ModelKind.Whisper
        : null;

    /// <summary>The engine of a folder; nothing is loaded before its first use.</summary>
    public ITranscriber Create(string folder) => KindOf(folder) switch
    {
        ModelKind.Moonshine => new MoonshineTranscriber(folder, sessions, loggers.CreateLogger<MoonshineTranscriber>()),
        ModelKind.Whisper => new WhisperTranscriber(folder, sessions, logger: loggers.CreateLogger<WhisperTranscriber>()),
        _ => throw PipelineException.NotSpeech(folder),
    };

    /// <summary>What times given lyrics by a Whisper model's folder; nothing is loaded before its first use.</summary>
    public LyricsAligner CreateAligner(string folder) => new(folder, sessions);
}
