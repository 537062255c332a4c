using Libretto.Audio;
using Libretto.Models;

namespace Libretto.Separate;

/// <summary>Parts a mix into the voice and everything else.</summary>
public interface IVocalSeparator
{
    /// <summary>The model's name, as it goes into the document's <c>method.separation</c>.</summary>
    string Name { get; }

    /// <summary>Frames a second that the mix must have and the stems will have, in hertz.</summary>
    int SampleRate { get; }

    /// <summary>Frames of the mix that one run of the networks is good for: progress comes in such steps.</summary>
    int BlockFrames { get; }

    /// <summary>
    /// Separates a recording. Memory does not grow with its length. Stems lie within -1 to 1 wherever the mix lies within -2 to 2, so
    /// that no file format clips them and their sum stays the mix.
    /// </summary>
    /// <param name="mix">Stereo at <see cref="SampleRate"/>, of any length; it is only read.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the networks at once; nothing remains on the disk.</param>
    /// <returns>The stems, each as long as the mix; the caller disposes of them.</returns>
    /// <exception cref="ArgumentException">The mix is not stereo or has another rate.</exception>
    /// <exception cref="SeparateException">The model does not fit its description or failed.</exception>
    /// <exception cref="ModelException">A model file is missing or broken.</exception>
    /// <exception cref="AudioException">The disk is full.</exception>
    Task<SeparatedStems> SeparateAsync(PcmFile mix, IProgress<double>? progress = null, CancellationToken cancellationToken = default);
}
