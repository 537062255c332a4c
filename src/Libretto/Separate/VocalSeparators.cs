using Libretto.Audio;
using Libretto.Models;
using Libretto.Models.Onnx;

namespace Libretto.Separate;

/// <summary>Finds the separator that runs a model.</summary>
public static class VocalSeparators
{
    /// <summary>
    /// The separator for an installed model. How to run it is told by the catalogue where it knows the name, else by the files in the
    /// folder: <c>vocals*.onnx</c> and <c>accompaniment*.onnx</c>, or a single network, taken for HT-Demucs with four stems.
    /// </summary>
    /// <param name="folder">The model's folder; its name is the model's.</param>
    /// <param name="sessions">Loads and shares the networks; nothing is loaded before the first separation.</param>
    /// <param name="spoolFolder">Where the stems lie until they are disposed of; see <see cref="PcmFile"/> for the default.</param>
    /// <exception cref="SeparateException">The folder holds no separation model (<c>model_unknown</c>).</exception>
    public static IVocalSeparator Open(string folder, OnnxSessions sessions, string? spoolFolder = null)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var model = ModelCatalogue.Find(name)?.Separation is { } known && known.Files.All(file => File.Exists(Path.Combine(folder, file)))
            ? known
            : Describe(folder);
        return model.Layout switch
        {
            SeparationLayout.Spleeter => new SpleeterSeparator(name, folder, model, sessions, spoolFolder),
            _ => new DemucsSeparator(name, folder, model, sessions, spoolFolder),
        };
    }

    private static SeparationModel Describe(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.onnx").Select(file => Path.GetFileName(file)).Order()] : [];
        var vocals = files.FirstOrDefault(file => file.StartsWith("vocals", StringComparison.OrdinalIgnoreCase));
        var accompaniment = files.FirstOrDefault(file => file.StartsWith("accompaniment", StringComparison.OrdinalIgnoreCase));
        if (vocals is not null && accompaniment is not null)
            return SeparationModel.Spleeter(vocals, accompaniment);
        return files.Length == 1 ? SeparationModel.Demucs(files[0]) : throw SeparateException.UnknownLayout(folder);
    }
}
