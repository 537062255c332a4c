using System.Collections.Concurrent;
using Libretto.Audio;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.Logging;

namespace Libretto.Pipeline.Engines;

/// <summary>The hosted engines that the settings name, each made ready once.</summary>
/// <param name="http">Connections to them.</param>
/// <param name="encoder">Makes the files that are sent.</param>
/// <param name="settings">Names the engines.</param>
/// <param name="temporary">Opens the folder for temporary files.</param>
/// <param name="stateFolder">Where the budgets of their keys are kept.</param>
/// <param name="time">For pauses and limits.</param>
/// <param name="loggers">Told of requests.</param>
/// <param name="status">Told how they ended.</param>
internal sealed class HostedEngines(
    IHttpClientFactory http, AudioEncoder encoder, LibrettoSettings settings, Func<TemporaryFolder> temporary, string stateFolder,
    TimeProvider time, ILoggerFactory loggers, HostedStatus status)
{
    /// <summary>The name of their connections in the factory; they have no time limit of their own and follow no redirects.</summary>
    public const string HttpName = "libretto-hosted";

    private readonly ConcurrentDictionary<HostedEngine, ITranscriber> _ready = new();

    /// <summary>The names <c>--engine</c> may give.</summary>
    public IEnumerable<string> Names => settings.Hosted.Select(engine => engine.Name);

    /// <summary>Those that are asked first where no engine was named, in order; none where nothing may leave the machine.</summary>
    public IEnumerable<HostedEngine> Automatic =>
        settings.Local ? [] : settings.Hosted.Where(engine => engine.IsAutomatic && engine.IsReady);

    /// <summary>The engine of that name; null when there is none.</summary>
    /// <exception cref="LibrettoException">It may not be asked, or its key is missing.</exception>
    public HostedEngine? Find(string name)
    {
        var engine = settings.Hosted.FirstOrDefault(engine => string.Equals(engine.Name, name, StringComparison.OrdinalIgnoreCase));
        if (engine is null)
            return null;
        if (settings.Local)
            throw PipelineException.NothingLeaves(engine.Name);
        return engine.IsReady ? engine : throw HostedException.KeyMissing(engine);
    }

    /// <summary>The recogniser of an engine.</summary>
    public ITranscriber Open(HostedEngine engine) => _ready.GetOrAdd(engine, Create);

    private HostedTranscriber Create(HostedEngine engine) => new(
        engine,
        new HostedClient(engine, () => http.CreateClient(HttpName), new HostedBudget(engine, stateFolder, time), time),
        encoder, temporary().Path, loggers.CreateLogger<HostedTranscriber>(), status);
}
