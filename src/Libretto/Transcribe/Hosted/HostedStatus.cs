using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// How the hosted engines answer, across songs: an engine that refuses every song is told once in the log, and again when it answers,
/// while the songs go to the next engine.
/// </summary>
/// <param name="time">Dates the answers.</param>
/// <param name="log">Told of engines that began or ceased to fail.</param>
public sealed partial class HostedStatus(TimeProvider time, ILogger<HostedStatus> log)
{
    /// <summary>Failures that pass are normal; so many songs in a row are not.</summary>
    private const int TooMany = 3;

    private readonly ConcurrentDictionary<string, HostedEngineStatus> _engines = new(StringComparer.Ordinal);

    /// <summary>The engines that were asked since the program began, by name.</summary>
    public IReadOnlyList<HostedEngineStatus> Engines => [.. _engines.Values.OrderBy(engine => engine.Name, StringComparer.Ordinal)];

    internal void Answered(HostedEngine engine) =>
        Note(engine, before => before with { Requests = before.Requests + 1, InARow = 0, IsFailing = false, Code = null });

    internal void Failed(HostedEngine engine, HostedException why) => Note(
        engine,
        before => before with
        {
            Requests = before.Requests + 1,
            Failures = before.Failures + 1,
            InARow = before.InARow + 1,
            IsFailing = before.IsFailing || IsForEverySong(why) || before.InARow + 1 >= TooMany,
            Code = why.Code,
        },
        why);

    private void Note(HostedEngine engine, Func<HostedEngineStatus, HostedEngineStatus> change, HostedException? why = null)
    {
        lock (_engines)
        {
            var before = _engines.GetValueOrDefault(engine.Name) ?? new HostedEngineStatus(engine.Name);
            var now = _engines[engine.Name] = change(before) with { At = time.GetUtcNow() };
            if (now.IsFailing && !before.IsFailing)
                LogFails(engine.Name, why!.Message);
            else if (before.IsFailing && !now.IsFailing)
                LogAnswers(engine.Name, before.InARow);
        }
    }

    /// <summary>Whether no other song would fare better: a wrong key or address, an account without credit.</summary>
    private static bool IsForEverySong(HostedException why) =>
        why.IsOutOfCredit || why.Code is ErrorCodes.HostedKeyRefused or ErrorCodes.HostedForbidden or ErrorCodes.HostedNotFound or
            ErrorCodes.HostedInsecure or ErrorCodes.HostedAnswer;

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The engine {engine} takes no songs; others do its work, until it answers again: {reason}")]
    private partial void LogFails(string engine, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The engine {engine} answers again, after {failures} failures")]
    private partial void LogAnswers(string engine, int failures);
}

/// <summary>How a hosted engine has answered since the program began.</summary>
/// <param name="Name">The engine's name, such as <c>groq</c>.</param>
public sealed record HostedEngineStatus(string Name)
{
    /// <summary>Requests that ended, retries not counted.</summary>
    public long Requests { get; init; }

    /// <summary>Those that gave no transcription.</summary>
    public long Failures { get; init; }

    /// <summary>How many of the last failed, one after the other.</summary>
    public int InARow { get; init; }

    /// <summary>Whether songs cannot be expected to be heard there.</summary>
    public bool IsFailing { get; init; }

    /// <summary>The code of the last failure; null since the last answer.</summary>
    public string? Code { get; init; }

    /// <summary>When it last answered or failed.</summary>
    public DateTimeOffset At { get; init; }
}
