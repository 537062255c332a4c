namespace Libretto.Models;

/// <summary>What is being done for a model that is not ready yet.</summary>
public enum ModelStep
{
    /// <summary>Another process fetches the same model; its work is awaited and used.</summary>
    Waiting,

    /// <summary>Files come over the network, or from the folder given.</summary>
    Downloading,

    /// <summary>Checksums are compared.</summary>
    Verifying,

    /// <summary>The files are made ready for use, once.</summary>
    Preparing,
}

/// <summary>How far a model has come.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Step">What is being done.</param>
/// <param name="Bytes">Bytes there, those of an earlier, interrupted download included.</param>
/// <param name="TotalBytes">Bytes to fetch in all; null while unknown.</param>
public sealed record ModelProgress(string Model, ModelStep Step, long Bytes, long? TotalBytes);
