namespace Libretto.Speech.Whisper;

/// <summary>
/// Begins sequences that hear stretches of encoded audio. What the decoder makes of a window before the first token is computed once for
/// all who hear the window, or parts of it. Not for several threads.
/// </summary>
internal sealed class StretchDecoders : IDisposable
{
    private readonly WhisperModel _model;
    private readonly EncodedAudio _encoded;
    private readonly Dictionary<EncodedStretch, IDecoderAudio> _heard = [];

    /// <param name="model">The network.</param>
    /// <param name="encoded">The recording.</param>
    public StretchDecoders(WhisperModel model, EncodedAudio encoded) => (_model, _encoded) = (model, encoded);

    /// <summary>Begins sequences.</summary>
    /// <param name="stretches">What each hears; around it is nothing, or silence.</param>
    /// <param name="most">The most sequences there will be.</param>
    /// <param name="cancellationToken">Checked for every few frames.</param>
    public ISequenceDecoder Begin(IReadOnlyList<EncodedStretch> stretches, int most, CancellationToken cancellationToken) =>
        _model.Decoder.Begin([.. stretches.Select(stretch => Hear(stretch, cancellationToken))], most);

    /// <summary>What the decoder reads of a stretch, nothing or silence around it; not to be disposed.</summary>
    public IDecoderAudio Hear(EncodedStretch stretch, CancellationToken cancellationToken)
    {
        if (_heard.TryGetValue(stretch, out var known))
            return known;
        var window = stretch with { From = 0, To = _model.Config.EncoderFrames };
        if (stretch != window)
            return _heard[stretch] = Hear(window, cancellationToken).Only(stretch.From, stretch.To, () => _model.HeardSilence);
        return _heard[window] = _encoded.Hear(_model, window, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var audio in _heard.Values)
            audio.Dispose();
    }
}
