using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech;

/// <summary>One run of a network that stops when asked to.</summary>
internal static class NetworkRun
{
    /// <summary>Runs a session; inputs are read and outputs written in place, never copied.</summary>
    /// <returns>The outputs in the order asked for; the caller disposes them.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, before or during the run.</exception>
    /// <exception cref="SpeechException">The runtime failed.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        string model, InferenceSession session, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<string> outputNames, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var registration = cancellationToken.Register(static o => ((RunOptions)o!).Terminate = true, options);
        try
        {
            return session.Run(options, inputNames, inputs, outputNames);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw SpeechException.RunFailed(model, e);
        }
    }
}
