using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Separate;

namespace Libretto.Pipeline.Stems;

/// <summary>Knows how to part songs into voice and accompaniment: the models, and the programs that read and write sound.</summary>
internal sealed class Separation(AudioDecoder decoder, AudioEncoder encoder, ModelStore models, OnnxSessions sessions)
{
    /// <summary>The model that separates when none is named.</summary>
    public const string DefaultModel = "spleeter-2stems";

    /// <summary>Whether the model that is taken when none is named is here already.</summary>
    public bool IsInstalled => models.Find(DefaultModel) is not null;

    /// <summary>Fetches the model that is taken when none is named, if it is not here.</summary>
    /// <param name="progress">Told how far the download is.</param>
    /// <param name="cancellationToken">Stops; what has come is kept.</param>
    /// <returns>Null when it is here; else why it cannot be fetched.</returns>
    public async Task<string?> EnsureAsync(IProgress<ModelProgress> progress, CancellationToken cancellationToken) =>
        (await models.OfferAsync(DefaultModel, progress: progress, ct: cancellationToken)).Trouble;

    /// <summary>A song's stems by a model; nothing is fetched or done before they are asked for.</summary>
    /// <param name="song">The song.</param>
    /// <param name="model">A model's name or folder; the default when null.</param>
    public SongStems Of(Song song, string? model = null) => new(song, model, this, encoder);

    /// <summary>The way to part a song by a model, which is fetched if it must be; its networks are loaded at first use and shared.</summary>
    /// <exception cref="LibrettoException">The model is none for this, or cannot be fetched.</exception>
    public async Task<SongSeparation> OpenAsync(Song song, string? model, CancellationToken cancellationToken)
    {
        var name = model ?? DefaultModel;
        if (models.Find(name) is null && ModelCatalogue.Find(name) is { Kind: not ModelKind.Separation })
            throw PipelineException.NotSeparation(name);
        var folder = await models.EnsureAsync(name, new SynchronousProgress<ModelProgress>(song.Meter.Fetching), cancellationToken);
        var separator = VocalSeparators.Open(folder, sessions);
        return new SongSeparation(song, separator, song.Memo.Key("separate", separator.Name, ModelIdentity.Of(folder)), decoder, encoder);
    }
}
