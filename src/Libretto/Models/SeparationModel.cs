namespace Libretto.Models;

/// <summary>How a separation network takes and gives audio.</summary>
public enum SeparationLayout
{
    /// <summary>
    /// Spleeter: a network a stem, magnitudes <c>x</c> to <c>y</c>, both [2, n, 512, 1024] (channels, blocks, windows, bins) of an
    /// STFT of 4,096 samples every 1,024.
    /// </summary>
    Spleeter,

    /// <summary>HT-Demucs with its transforms inside: <c>mix</c> [1, 2, 343980] to <c>stems</c> [1, stems, 2, 343980].</summary>
    Demucs,
}

/// <summary>What must be known of a separation model to run it.</summary>
/// <param name="Layout">How its networks take and give audio.</param>
/// <param name="SampleRate">In hertz: that of the audio given to it and of the stems.</param>
/// <param name="Stems">The stems in the order the model gives them; one of them is <c>vocals</c>.</param>
/// <param name="Files">Its networks, as paths in its folder: for <see cref="SeparationLayout.Spleeter"/> one a stem, else one.</param>
public sealed record SeparationModel(
    SeparationLayout Layout, int SampleRate, IReadOnlyList<string> Stems, IReadOnlyList<string> Files)
{
    private const string Voice = "vocals";

    /// <summary>Where the vocals lie among the stems; -1 where they don't.</summary>
    public int VocalsIndex => Stems.ToList().IndexOf(Voice);

    /// <summary>Spleeter with two stems.</summary>
    /// <param name="vocals">The file of the one network.</param>
    /// <param name="accompaniment">The file of the other.</param>
    public static SeparationModel Spleeter(string vocals, string accompaniment) =>
        new(SeparationLayout.Spleeter, 44100, [Voice, "accompaniment"], [vocals, accompaniment]);

    /// <summary>HT-Demucs with four stems; the networks fine-tuned for one stem give all four too.</summary>
    /// <param name="file">The network.</param>
    public static SeparationModel Demucs(string file) =>
        new(SeparationLayout.Demucs, 44100, ["drums", "bass", "other", Voice], [file]);
}
