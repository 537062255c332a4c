using Microsoft.ML.OnnxRuntime;

namespace Libretto.Models.Onnx;

/// <summary>One run of a network, whichever: it stops when asked to, and its failure is an error of Libretto's family.</summary>
internal static class NetworkRun
{
    /// <summary>Runs a session; inputs are read and outputs written in place, never copied.</summary>
    /// <param name="model">The model's folder, for errors.</param>
    /// <param name="session">The network.</param>
    /// <param name="inputNames">Names of the inputs.</param>
    /// <param name="inputs">As many values.</param>
    /// <param name="outputNames">The outputs wanted.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="freeWork">Whether the runtime's working memory is given back after the run rather than kept for the next.</param>
    /// <returns>The outputs in the order asked for; the caller disposes them.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, before or during the run.</exception>
    /// <exception cref="ModelException">The runtime failed.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        string model, InferenceSession session, IReadOnlyCollection<string> inputNames, IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<string> outputNames, CancellationToken cancellationToken, bool freeWork = false) =>
        Guarded(model, freeWork, options => session.Run(options, inputNames, inputs, outputNames), cancellationToken);

    /// <summary>The same where some outputs have a place already.</summary>
    /// <param name="model">The model's folder, for errors.</param>
    /// <param name="session">The network.</param>
    /// <param name="inputs">The inputs by name.</param>
    /// <param name="outputNames">The outputs wanted of the runtime.</param>
    /// <param name="places">Tensors that further outputs are written into.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="freeWork">Whether the runtime's working memory is given back after the run.</param>
    /// <returns>The outputs wanted of the runtime, in the order asked for; the caller disposes them.</returns>
    public static IReadOnlyList<OrtValue> Run(
        string model, InferenceSession session, IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputNames,
        IReadOnlyDictionary<string, OrtValue> places, CancellationToken cancellationToken, bool freeWork = false)
    {
        using var binding = session.CreateIoBinding();
        foreach (var (name, value) in inputs)
            binding.BindInput(name, value);
        foreach (var name in outputNames)
            binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        foreach (var (name, place) in places)
            binding.BindOutput(name, place);
        var outputs = Guarded(model, freeWork, options => session.RunWithBoundResults(options, binding), cancellationToken);
        foreach (var placed in outputs.Skip(outputNames.Count))
            placed.Dispose();
        return [.. outputs.Take(outputNames.Count)];
    }

    /// <summary>The same where inputs and outputs have their places already.</summary>
    /// <param name="model">The model's folder or file, for errors.</param>
    /// <param name="session">The network.</param>
    /// <param name="inputs">The inputs by name.</param>
    /// <param name="outputs">The outputs by name, written into.</param>
    /// <param name="freeWork">Whether the runtime's working memory is given back after the run.</param>
    /// <param name="cancellationToken">Checked between two operators.</param>
    public static void Run(
        string model, InferenceSession session, (string[] Names, OrtValue[] Values) inputs, (string[] Names, OrtValue[] Values) outputs,
        bool freeWork, CancellationToken cancellationToken) => Guarded(
            model,
            freeWork,
            options =>
            {
                session.Run(options, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
                return true;
            },
            cancellationToken);

    private static T Guarded<T>(string model, bool freeWork, Func<RunOptions, T> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var options = OnnxSessions.QuietRun();
        if (freeWork)
            options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        using var registration = cancellationToken.Register(static o => ((RunOptions)o!).Terminate = true, options);
        try
        {
            return run(options);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ModelException.RunFailed(model, e);
        }
    }
}
