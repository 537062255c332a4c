using Libretto.Audio;

namespace Libretto.Separate;

/// <summary>A mix in two parts that add up to it, frame by frame.</summary>
/// <param name="Vocals">The voice: stereo, at the separator's rate, as many frames as the mix.</param>
/// <param name="Accompaniment">Everything else, alike.</param>
public sealed record SeparatedStems(PcmFile Vocals, PcmFile Accompaniment) : IDisposable
{
    /// <summary>Deletes both recordings.</summary>
    public void Dispose()
    {
        Vocals.Dispose();
        Accompaniment.Dispose();
    }
}
