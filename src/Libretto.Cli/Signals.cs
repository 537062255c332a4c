using System.Runtime.InteropServices;

namespace Libretto.Cli;

/// <summary>Turns Ctrl-C, a request to end, or a closed terminal into cancellation; the second one ends the program at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Received(signal, 128 + 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Received(signal, 128 + 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Received(signal, 128 + 1)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>What the program has to end with, as a shell counts it; null when no signal came.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Received(PosixSignalContext signal, int exitCode)
    {
        if (ExitCode is not null)
            return;
        ExitCode = exitCode;
        signal.Cancel = true;
        _source.Cancel();
    }
}
