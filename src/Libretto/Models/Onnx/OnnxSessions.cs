using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Models.Onnx;

/// <summary>
/// The networks in memory: one ONNX Runtime session a file, loaded at first use, shared by all who ask (running a session is
/// thread-safe), released together.
/// </summary>
public sealed class OnnxSessions : IDisposable
{
    private readonly Dictionary<NetworkFile, Lazy<InferenceSession>> _sessions = [];
    private readonly ConcurrentDictionary<string, Lazy<object>> _models = new(StringComparer.Ordinal);
    private readonly object _gate = new();
    private readonly int _threads;
    private readonly Lazy<bool> _usesCuda;
    private readonly ILogger _log;
    private int _loading;
    private bool _isDisposed;

    /// <summary>Creates an empty set.</summary>
    /// <param name="threads">Threads a network computes with; 0 takes one for each physical core.</param>
    /// <param name="device">What computes; a card that cannot be used costs a warning, not the song.</param>
    /// <param name="logger">Where that warning goes.</param>
    public OnnxSessions(int threads = 0, OnnxDevice device = OnnxDevice.Auto, ILogger<OnnxSessions>? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        OnnxTelemetry.TurnOff();
        _threads = threads;
        _log = logger ?? NullLogger<OnnxSessions>.Instance;
        _usesCuda = new Lazy<bool>(() => CanUseCuda(device));
    }

    /// <summary>Threads a network computes with when it runs alone.</summary>
    internal int Threads => _threads == 0 ? Environment.ProcessorCount : _threads;

    /// <summary>Whether networks run on the graphics card; found out when first asked.</summary>
    public bool UsesCuda => _usesCuda.Value;

    /// <summary>The session of a model file, loading it if it is not. It belongs to this object: do not dispose it.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <exception cref="ModelException">The file is missing, truncated or not a model this runtime can load.</exception>
    /// <exception cref="ObjectDisposedException">This object was disposed.</exception>
    public InferenceSession Open(string path) => Open(path, users: 1);

    /// <summary>The same for several who will run it at the same time, each with a share of the threads.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="users">How many will run it at the same time.</param>
    /// <param name="edit">What is changed in it for a processor, if it can be; the same for all who open the file.</param>
    internal InferenceSession Open(string path, int users, Func<ModelProto, int>? edit = null)
    {
        var file = new NetworkFile(Path.GetFullPath(path), users, edit);
        var session = Shared(file);
        try
        {
            return session.Value;
        }
        catch (Exception e)
        {
            // A failure is not remembered: the file may be mended.
            lock (_gate)
            {
                if (_sessions.GetValueOrDefault(file) == session)
                    _sessions.Remove(file);
            }
            throw e is LibrettoException or ObjectDisposedException ? e : ModelException.CannotLoad(path, e);
        }
    }

    /// <summary>What was read of a model besides its sessions, once for all who share those.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="read">Reads it; a failure is not remembered.</param>
    internal T Share<T>(string folder, Func<T> read)
        where T : class
    {
        var model = _models.GetOrAdd(folder, _ => new Lazy<object>(read));
        try
        {
            return (T)model.Value;
        }
        catch
        {
            _models.TryRemove(KeyValuePair.Create(folder, model));
            throw;
        }
    }

    /// <summary>
    /// Releases every session; no one may be running one. Waits for those being loaded: a process that ends meanwhile would crash in the
    /// runtime.
    /// </summary>
    public void Dispose()
    {
        List<Lazy<InferenceSession>> all;
        lock (_gate)
        {
            _isDisposed = true;
            while (_loading > 0)
                Monitor.Wait(_gate);
            all = [.. _sessions.Values];
            _sessions.Clear();
        }
        foreach (var session in all.Where(session => session.IsValueCreated))
            session.Value.Dispose();
    }

    // The entry is made under the lock, the network loaded outside of it: others need not wait for a file they do not want.
    private Lazy<InferenceSession> Shared(NetworkFile file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_sessions.TryGetValue(file, out var session))
                _sessions[file] = session = new Lazy<InferenceSession>(() => LoadUnlessDisposed(file));
            return session;
        }
    }

    private InferenceSession LoadUnlessDisposed(NetworkFile file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _loading++;
        }
        try
        {
            return Load(file);
        }
        finally
        {
            lock (_gate)
            {
                _loading--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private InferenceSession Load(NetworkFile file)
    {
        if (!File.Exists(file.Path))
            throw ModelException.FileMissing(file.Path);
        if (UsesCuda && LoadOnCard(file) is { } session)
            return session;
        using var options = Options(file.Users);
        return LoadEdited(file, options) ?? new InferenceSession(file.Path, options);
    }

    /// <summary>Null when the network is to be loaded as it is.</summary>
    private static InferenceSession? LoadEdited(NetworkFile file, SessionOptions options)
    {
        try
        {
            if (file.Edit is not { } edit || NetworkEdit.Apply(file.Path, edit) is not { } bytes)
                return null;
            return new InferenceSession(bytes, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or ModelException)
        {
            // The file itself is tried, which fails with the reason if it is at fault.
            return null;
        }
        finally
        {
            // What was read and written for it is as large as the network, and would lie about for long.
            if (file.Edit is not null)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Null when this network does not run on the card: it may be too large for it.</summary>
    private InferenceSession? LoadOnCard(NetworkFile file)
    {
        try
        {
            using var options = Options(file.Users);
            options.AppendExecutionProvider_CUDA();
            return new InferenceSession(file.Path, options);
        }
        catch (OnnxRuntimeException e)
        {
            ModelLog.NotOnCard(_log, Path.GetFileName(file.Path), e.Message);
            return null;
        }
    }

    /// <summary>Options of a run that can be ended at any time: the runtime would call that an error, on standard error.</summary>
    internal static RunOptions QuietRun() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    // What fails is an exception; the runtime need not say it as well. A plan of one run's memory would take up to twice of what the
    // values alive at once need.
    private SessionOptions Options(int users)
    {
        SharedArena.Prepare();
        var options = new SessionOptions
        {
            IntraOpNumThreads = users == 1 ? _threads : Math.Max(1, Threads / users),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        return options;
    }

    /// <summary>Nobody is warned who did not ask for a card and has a build that knows none.</summary>
    private bool CanUseCuda(OnnxDevice device)
    {
        if (device == OnnxDevice.Cpu || (device == OnnxDevice.Auto && !CudaProbe.IsBuiltIn))
            return false;
        if (CudaProbe.Obstacle() is not { } obstacle)
            return true;
        ModelLog.NoCard(_log, obstacle);
        return false;
    }

    private readonly record struct NetworkFile(string Path, int Users, Func<ModelProto, int>? Edit);
}
