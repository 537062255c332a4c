using Libretto.Models;
using Libretto.Pitch;

namespace Libretto.Pipeline.Timing;

/// <summary>Makes what parts words into syllables, by the patterns of their language where these are here, else by their vowels.</summary>
internal sealed class SyllableSplitters(ModelStore models)
{
    /// <summary>With patterns if they were fetched before.</summary>
    /// <param name="language">An ISO 639 code, or null.</param>
    public SyllableSplitter Installed(string? language) =>
        Of(language, HasPatterns(language) ? models.Find(HyphenationFiles.Model) : null);

    /// <summary>With patterns, fetched if they can be.</summary>
    /// <param name="language">An ISO 639 code, or null.</param>
    /// <param name="progress">Told of the fetching.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<SyllableSplitter> FetchedAsync(
        string? language, IProgress<ModelProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            return Of(
                language, HasPatterns(language) ? await models.EnsureAsync(HyphenationFiles.Model, progress, cancellationToken) : null);
        }
        catch (ModelException)
        {
            // Words part by their vowels then; nobody need be troubled.
            return Of(language, folder: null);
        }
    }

    private static bool HasPatterns(string? language) => language is not null && HyphenationFiles.Languages.Contains(language);

    private static SyllableSplitter Of(string? language, string? folder)
    {
        try
        {
            var file = folder is null ? null : Path.Combine(folder, HyphenationFiles.FileOf(language!));
            return new SyllableSplitter(language, file is null || !File.Exists(file) ? null
                : HyphenationPatterns.Parse(File.ReadAllText(file)));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            return new SyllableSplitter(language, patterns: null);
        }
    }
}
