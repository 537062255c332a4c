using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Models;

/// <summary>
/// The networks in memory: one ONNX Runtime session a file, loaded at first use, shared by all who ask (running a session is
/// thread-safe), released together.
/// </summary>
public sealed class OnnxSessions : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<InferenceSession>> _sessions = new(StringComparer.Ordinal);
    private readonly int _threads;

    /// <summary>Creates an empty set.</summary>
    /// <param name="threads">Threads a network computes with; 0 takes one for each physical core.</param>
    public OnnxSessions(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = threads;
    }

    /// <summary>The session of a model file, loading it if it is not.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <exception cref="ModelException">The file is missing, truncated or not a model this runtime can load.</exception>
    public InferenceSession Open(string path)
    {
        var key = Path.GetFullPath(path);
        try
        {
            return _sessions.GetOrAdd(key, file => new Lazy<InferenceSession>(() => Load(file))).Value;
        }
        catch (Exception e)
        {
            _sessions.TryRemove(key, out _);
            throw e is LibrettoException ? e : ModelException.CannotLoad(path, e);
        }
    }

    /// <summary>Releases every session.</summary>
    public void Dispose()
    {
        foreach (var session in _sessions.Values)
            if (session.IsValueCreated)
                session.Value.Dispose();
        _sessions.Clear();
    }

    private InferenceSession Load(string file)
    {
        if (!File.Exists(file))
            throw ModelException.FileMissing(file);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = _threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new InferenceSession(file, options);
    }
}
