namespace Libretto.Library;

/// <summary>
/// How long work on a collection takes: by what such work took here before, else by what was measured (docs/measurements.md).
/// </summary>
internal static class LibraryEstimate
{
    /// <summary>A song whose length is not known, seconds.</summary>
    private const double UsualSong = 240;

    /// <summary>Fewer songs tell nothing of this machine.</summary>
    private const int FewestSongs = 3;

    /// <summary>Seconds for the work on some songs.</summary>
    /// <param name="songs">The songs; those that nothing is done with take no time.</param>
    /// <param name="records">What songs took before.</param>
    public static double Of(IEnumerable<PlannedSong> songs, IEnumerable<LibraryRecord> records)
    {
        var before = records.Where(record => record is { Action: not null, Duration: > 0, Taken: > 0 })
            .GroupBy(record => record.Action!.Value)
            .Where(group => group.Count() >= FewestSongs)
            .ToDictionary(group => group.Key, group => group.Sum(record => record.Taken) / group.Sum(record => record.Duration));
        return songs.Where(song => song.IsWork).Sum(song =>
            (song.Duration > 0 ? song.Duration : UsualSong) * before.GetValueOrDefault(song.Action, Usual(song.Action)));
    }

    /// <summary>The share of a song's length that the work takes on two cores.</summary>
    private static double Usual(LibraryAction action) => action switch
    {
        LibraryAction.Convert or LibraryAction.Tag => 0.001,
        LibraryAction.Transcribe => 0.1,
        _ => 0.2,
    };
}
