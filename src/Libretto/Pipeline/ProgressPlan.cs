namespace Libretto.Pipeline;

/// <summary>A step of a song's way, as its progress counts it.</summary>
public enum WorkStep
{
    /// <summary>A link's song is downloaded.</summary>
    Download,

    /// <summary>The file is probed and decoded, the engine chosen and made ready.</summary>
    Read,

    /// <summary>The mix becomes vocals and accompaniment.</summary>
    Separate,

    /// <summary>The engine hears the words.</summary>
    Transcribe,

    /// <summary>The engine hears the vocals too, with <see cref="SongQuality.Best"/>, or passages that it did not understand.</summary>
    TranscribeVocals,

    /// <summary>Words get their times: lyrics that were given or found, or by a network that hears letters.</summary>
    Align,

    /// <summary>Both stems are written.</summary>
    WriteStems,

    /// <summary>Words get their syllables and notes.</summary>
    Notes,

    /// <summary>Karaoke files are made.</summary>
    Render,

    /// <summary>All of what <see cref="SongPipeline"/> does.</summary>
    Lyrics,

    /// <summary>All of what a song's stems take once its lyrics are there.</summary>
    Stems,

    /// <summary>All work on a song that is here: lyrics and stems.</summary>
    Work,

    /// <summary>Results are stored.</summary>
    Publish,
}

/// <summary>
/// Which share of the whole each step of a run takes: the one place with the weights. A step reports from 0 to 1 and knows nothing
/// of the whole; a plan within a plan makes a step of its own.
/// </summary>
public sealed class ProgressPlan
{
    private readonly Dictionary<WorkStep, (double From, double To)> _shares = [];

    /// <param name="steps">The steps in the order they are done.</param>
    public ProgressPlan(params IEnumerable<WorkStep> steps)
    {
        WorkStep[] order = [.. steps];
        var (done, sum) = (0.0, order.Sum(Weight));
        foreach (var step in order)
        {
            var before = done;
            done += Weight(step);
            _shares[step] = (before / sum, done / sum);
        }
    }

    /// <summary>Making stems alone.</summary>
    public static ProgressPlan Stems { get; } = new(WorkStep.Read, WorkStep.Separate, WorkStep.WriteStems);

    /// <summary>Karaoke of a song.</summary>
    /// <param name="lyricsAreKnown">Whether its lyrics are there already.</param>
    public static ProgressPlan Karaoke(bool lyricsAreKnown) => new(lyricsAreKnown
        ? [WorkStep.Separate, WorkStep.Notes, WorkStep.Render]
        : [WorkStep.Lyrics, WorkStep.Separate, WorkStep.Notes, WorkStep.Render]);

    /// <summary>A job of the server.</summary>
    public static ProgressPlan Job { get; } = new(WorkStep.Download, WorkStep.Work, WorkStep.Publish);

    /// <summary>Whether a step is in the plan.</summary>
    public bool Contains(WorkStep step) => _shares.ContainsKey(step);

    /// <summary>Where in the whole a step begins and ends, 0 to 1.</summary>
    /// <exception cref="KeyNotFoundException">The step is not in the plan.</exception>
    public (double From, double To) ShareOf(WorkStep step) => _shares[step];

    /// <summary>How much of the whole is done when so much of a step is.</summary>
    /// <param name="step">A step of the plan.</param>
    /// <param name="fraction">Share of the step, 0 to 1.</param>
    public double At(WorkStep step, double fraction)
    {
        var (from, to) = ShareOf(step);
        return from + ((to - from) * Math.Clamp(fraction, 0, 1));
    }

    /// <summary>A listener for one step, which tells the whole's.</summary>
    /// <param name="step">A step of the plan.</param>
    /// <param name="whole">Told.</param>
    public IProgress<SongProgress> Part(WorkStep step, IProgress<SongProgress> whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return new SynchronousProgress<SongProgress>(value => whole.Report(value with { Fraction = At(step, value.Fraction) }));
    }

    /// <summary>A song's lyrics, as far as it is known what they will take.</summary>
    internal static ProgressPlan Song(bool separates, bool transcribesVocals, bool aligns)
    {
        List<WorkStep> steps = [WorkStep.Read];
        if (separates)
            steps.Add(WorkStep.Separate);
        steps.Add(WorkStep.Transcribe);
        if (transcribesVocals)
            steps.Add(WorkStep.TranscribeVocals);
        if (aligns)
            steps.Add(WorkStep.Align);
        return new ProgressPlan(steps);
    }

    /// <summary>The stage that a step belongs to.</summary>
    internal static Stage StageOf(WorkStep step) => step switch
    {
        WorkStep.Download or WorkStep.Read => Stage.Acquire,
        WorkStep.Separate or WorkStep.Stems => Stage.Separate,
        WorkStep.Align or WorkStep.Notes => Stage.Align,
        WorkStep.WriteStems or WorkStep.Render or WorkStep.Publish => Stage.Publish,
        _ => Stage.Transcribe,
    };

    // Times relative to each other, as songs of three minutes take on two cores; only the progress shown depends on them.
    private static double Weight(WorkStep step) => step switch
    {
        WorkStep.Download => 30,
        WorkStep.Read => 8,
        WorkStep.Separate => 42,
        WorkStep.Transcribe => 30,
        WorkStep.TranscribeVocals => 30,
        WorkStep.Align => 20,
        WorkStep.WriteStems => 10,
        WorkStep.Notes => 5,
        WorkStep.Render => 60,
        WorkStep.Lyrics => 70,
        WorkStep.Stems => 30,
        WorkStep.Work => 65,
        WorkStep.Publish => 5,
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
