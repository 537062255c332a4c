using Libretto.Speech.Timing;

namespace Libretto.Speech.Whisper;

/// <summary>Several sequences written in step, each hearing a stretch of audio.</summary>
internal interface ISequenceDecoder : IDisposable
{
    /// <summary>Positions fed in the last step.</summary>
    int Width { get; }

    /// <summary>Feeds tokens.</summary>
    /// <param name="tokens">As many tokens a row, row by row.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    void Step(ReadOnlySpan<long> tokens, CancellationToken cancellationToken);

    /// <summary>The scores of the token after one fed in the last step; to be read before other positions or steps are asked for.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="position">0 to <see cref="Width"/>, exclusive.</param>
    ReadOnlySpan<float> Logits(int row, int position);

    /// <summary>Adds what the alignment heads looked at when a token of the last step was fed.</summary>
    /// <param name="attention">Where it is added.</param>
    /// <param name="row">The sequence.</param>
    /// <param name="position">0 to <see cref="Width"/>, exclusive.</param>
    void AddAttention(CrossAttention attention, int row, int position);

    /// <summary>Drops a row that is done: the last row takes its place.</summary>
    void DropRow(int row);

    /// <summary>
    /// Goes on from these rows: beams that survive take the others' places. There may be more than before, one row becoming several beams,
    /// or fewer. Where <see cref="IDecoderNetwork.MixesAudio"/> is false, all rows hear the same audio.
    /// </summary>
    void Reorder(ReadOnlySpan<int> rows);
}
