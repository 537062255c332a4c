using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats;

/// <summary>What a format can hold beside words, lines and their starts.</summary>
[Flags]
internal enum Holds
{
    Nothing = 0,
    Overlaps = 1,
    Voices = 2,
    Translations = 4,
    Sections = 8,
    Unsung = 16,
}

/// <summary>Tells what of a document a format cannot hold, so that nothing goes in silence.</summary>
internal static class FormatLimits
{
    public static void Tell(LyricsDocument document, Holds holds, LyricsNotices? notices)
    {
        if (notices is null)
            return;
        var sung = document.Lines.Where(line => line.Sung != false).ToList();
        var overlaps = sung.Zip(sung.Skip(1)).Count(pair => pair.Second.Start < pair.First.End);
        Say(Holds.Overlaps, overlaps, "lines that sound while another does are written without saying how long");
        Say(Holds.Voices, sung.Count(line => line.Voice is not null || line.Background == true), "which voice sings a line is left out");
        Say(Holds.Translations, sung.Count(line => line.Translation is not null || line.Romanized is not null),
            "translations and romanizations are left out");
        Say(Holds.Sections, document.Sections?.Count ?? 0, "headings are left out");
        Say(Holds.Unsung, document.Lines.Count - sung.Count, "lines that are not sung are left out");

        void Say(Holds what, int count, string how)
        {
            if (count > 0 && !holds.HasFlag(what))
                notices.Add($"{how}, for the format cannot hold them ({count})");
        }
    }
}
