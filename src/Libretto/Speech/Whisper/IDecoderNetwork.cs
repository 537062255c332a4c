namespace Libretto.Speech.Whisper;

/// <summary>Whisper's decoder, whatever computes it. Holds no state of a recording; safe to share.</summary>
internal interface IDecoderNetwork
{
    /// <summary>Whether it tells what its alignment heads look at, which word times are read from.</summary>
    bool HasAttention { get; }

    /// <summary>Whether audio may have fewer frames than a window's.</summary>
    bool TakesAnyFrames { get; }

    /// <summary>Whether sequences of different audio can be reordered: each takes along what it hears.</summary>
    bool MixesAudio { get; }

    /// <summary>Numbers of a frame of the audio.</summary>
    int StateWidth { get; }

    /// <summary>What the decoder reads of a stretch of audio; the caller disposes it.</summary>
    /// <param name="states">What the encoder made of it, [frames, width].</param>
    /// <param name="cancellationToken">Checked for every few frames.</param>
    IDecoderAudio Hear(ReadOnlySpan<float> states, CancellationToken cancellationToken);

    /// <summary>Begins sequences.</summary>
    /// <param name="audio">What each hears, of this network and all of as many frames; the same audio side by side.</param>
    /// <param name="most">The most sequences there will be.</param>
    ISequenceDecoder Begin(IReadOnlyList<IDecoderAudio> audio, int most);
}

/// <summary>What a decoder reads of a stretch of audio. Does not change: several sequences may read it.</summary>
internal interface IDecoderAudio : IDisposable
{
    /// <summary>The same with only some of its frames to be heard; to be disposed before this one.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="to">One past the last.</param>
    /// <param name="silence">Gives what is heard in place of the others where frames cannot be left out: silence of this network, as
    /// long.</param>
    IDecoderAudio Only(int from, int to, Func<IDecoderAudio> silence);
}
