using Libretto.Pipeline.Engines;

namespace Libretto.Pipeline.Transcripts;

/// <summary>A song's words and who recognised them.</summary>
/// <param name="Run">The run of the engine that really answered.</param>
/// <param name="Transcript">The words.</param>
/// <param name="TakenOver">Why the engine chosen first did not do it; null when it did.</param>
internal sealed record RecognitionResult(RecognitionRun Run, Transcript Transcript, string? TakenOver)
{
    /// <summary>Where the memo keeps the words.</summary>
    public string Key { get; init; } = Run.Key;

    /// <summary>The engine.</summary>
    public EngineChoice Engine => Run.Engine;
}
