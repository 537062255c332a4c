using Libretto.Models;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Speech;

/// <summary>One run of a network that stops when asked to.</summary>
internal static class NetworkRun
{
    /// <summary>Runs a session; inputs are read and outputs written in place, never copied.</summary>
    /// <param name="model">The model's folder, for errors.</param>
    /// <param name="session">The network.</param>
    /// <param name="inputNames">Names of the inputs.</param>
    /// <param name="inputs">As many values.</param>
    /// <param name="outputNames">The outputs wanted.</param>
    /// <param name="cancellationToken">Felt within a layer's time.</param>
    /// <param name="freeWork">Whether the runtime's working memory is given back after the run rather than kept for the next.</param>
    /// <returns>The outputs in the order asked for; the caller disposes them.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, before or during the run.</exception>
    /// <exception cref="SpeechException">The runtime failed.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        string model, InferenceSession session, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<string> outputNames, CancellationToken cancellationToken, bool freeWork = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = OnnxSessions.QuietRun();
        if (freeWork)
            options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
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
