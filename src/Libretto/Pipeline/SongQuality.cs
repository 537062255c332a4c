namespace Libretto.Pipeline;

/// <summary>How much time a song may take.</summary>
public enum SongQuality
{
    /// <summary>Nothing that is not needed: the voice is separated only where that is asked for.</summary>
    Fast,

    /// <summary>What is usually worth its time.</summary>
    Normal,

    /// <summary>
    /// The voice is separated where there is accompaniment, however long it takes, and listened to as well as the whole song: of each
    /// passage what was understood more surely is kept.
    /// </summary>
    Best,
}
