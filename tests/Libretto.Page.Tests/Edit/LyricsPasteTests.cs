using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Server.Web.Edit;
using Libretto.Server.Web.Edit.Paste;
using Libretto.Server.Web.Edit.Realign;

namespace Libretto.Page.Tests.Edit;

public sealed class LyricsPasteTests
{
    private static readonly LyricsDocument s_song = new()
    {
        Duration = 60,
        Lines =
        [
            Line(1, "Morning light is here"),
            Line(5, "Take my hand") with { Voice = LyricsVoice.Second, Translation = new LyricsTranslation("de", "Nimm") },
            Line(20, "love love love"),
            Line(30, "We go home"),
        ],
    };

    [Fact]
    public void Words_that_stay_keep_their_times_and_others_are_laid_between_them()
    {
        var taken = Take("Morning light, is here\nTake my cold hand\nA whole new line\nlove love love\nWe go home");

        Assert.Empty(DocumentRules.Validate(taken));
        Assert.Equal(["Morning light, is here", "Take my cold hand", "A whole new line", "love love love", "We go home"], taken.Lines.Select(line => line.Text));
        Assert.Equal(s_song.Lines[0].Words.Select(word => word.Start), taken.Lines[0].Words.Select(word => word.Start));
        Assert.Equal((5.8, true), (taken.Lines[1].Words[3].Start, taken.Lines[1].Words[2].Estimated));
        Assert.InRange(taken.Lines[1].Words[2].Start, 5.4, 5.8);
        Assert.InRange(taken.Lines[2].Start, taken.Lines[1].End, 20);
        Assert.InRange(taken.Lines[2].End, 6, 20);
        Assert.All(taken.Lines[2].Words, word => Assert.True(word.Estimated));
        Assert.Equal((LyricsVoice.Second, null), (taken.Lines[1].Voice, taken.Lines[1].Translation));
        Assert.Equal(s_song.Lines[2].Words, taken.Lines[3].Words);
        // Only what is a guess now has to be listened to.
        Assert.Equal([(1, 2)], GuessedLines.Of(taken, s_song));
    }

    [Fact]
    public void Every_part_is_taken_or_left_by_itself()
    {
        var other = LyricsFormats.PlainText.Read("Morning light was here\nlove love love\nWe go home\nThe end");
        var parts = LyricsDifference.Of(s_song, other, HeldTimes.None);

        Assert.Equal([false, false, true, false], parts.Select(part => part.IsSame));
        Assert.Equal((1, 0), (parts[1].Before.Count, parts[1].After.Count));
        var left = LyricsPaste.Take(s_song, other, parts, part => part != parts[1], HeldTimes.None);
        Assert.Equal(["Morning light was here", "Take my hand", "love love love", "We go home", "The end"], left.Lines.Select(line => line.Text));
        Assert.Same(s_song, LyricsPaste.Take(s_song, other, parts, _ => false, HeldTimes.None));
    }

    [Fact]
    public void Blank_lines_and_headings_come_along_even_where_no_word_differs()
    {
        var taken = Take("[Verse]\nMorning light is here\nTake my hand\n\n[Chorus]\nlove love love\nWe go home");

        Assert.Equal([null, null, true, null], taken.Lines.Select(line => line.Stanza));
        Assert.Equal([("Verse", 0), ("Chorus", 2)], taken.Sections!.Select(section => (section.Name, section.Line)));
        // A text without any says nothing of them.
        Assert.Equal([null, null, true, null], Take("Morning light is here\nTake my hand\nlove love love\nWe go out", taken).Lines.Select(line => line.Stanza));
    }

    [Fact]
    public void Labels_that_were_moved_bring_their_times_and_nothing_else_changes()
    {
        var labels = LyricsFormats.Audacity.Write(s_song).Replace("5.800000", "6.100000", StringComparison.Ordinal);
        var reading = LyricsReader.Read(labels);
        var parts = LyricsDifference.Of(s_song, reading.Document, LyricsPaste.TimesOf(reading));

        Assert.True(Assert.Single(parts, part => !part.IsSame).IsRetimed);
        var taken = LyricsPaste.Take(s_song, reading.Document, parts, _ => true, LyricsPaste.TimesOf(reading));
        Assert.Equal(6.1, taken.Lines[1].Words[2].Start);
        Assert.Equal(LyricsVoice.Second, taken.Lines[1].Voice);
        Assert.Equal("Nimm", taken.Lines[1].Translation!.Text);
        Assert.Empty(GuessedLines.Of(taken, s_song));
    }

    [Fact]
    public void A_song_without_words_is_filled_from_end_to_end()
    {
        var empty = new LyricsDocument { Duration = 10, Lines = [] };
        var taken = Take("one two\n\nthree", empty);

        Assert.Equal((0, 10), (taken.Lines[0].Start, taken.Lines[1].End));
        Assert.True(taken.Lines[1].Stanza);
    }

    [Fact]
    public void Texts_without_anything_in_common_and_of_any_length_are_taken_whole()
    {
        var other = string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"unheard {i} of all {i * 7} words"));
        var song = s_song with { Lines = [.. Enumerable.Range(0, 2000).Select(i => Line(i * 0.03, "x y"))], Duration = 70 };
        var taken = Take(other, song);

        Assert.Empty(DocumentRules.Validate(taken));
        Assert.Equal(5000, taken.Lines.Count);
    }

    [Fact]
    public void Whatever_is_pasted_the_document_stays_valid()
    {
        var random = new Random(11);
        string[] words = ["love", "Love,", "you", "and", "🎤", "愛", "שלום", "<b>", "x", "the"];
        var document = s_song;
        for (var i = 0; i < 150; i++)
        {
            var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 8)).Select(_ =>
                string.Join(' ', Enumerable.Range(0, random.Next(0, 6)).Select(_ => words[random.Next(words.Length)]))));
            var other = LyricsFormats.PlainText.Read(text + "\nend");
            var parts = LyricsDifference.Of(document, other, HeldTimes.None);
            Assert.Equal(document.Lines, parts.SelectMany(part => part.Before));
            Assert.Equal(other.Lines, parts.SelectMany(part => part.After));
            document = LyricsPaste.Take(document, other, parts, _ => random.Next(4) > 0, HeldTimes.None);
            Assert.Empty(DocumentRules.Validate(document));
        }
    }

    private static LyricsDocument Take(string text, LyricsDocument? song = null)
    {
        song ??= s_song;
        var other = LyricsFormats.PlainText.Read(text);
        return LyricsPaste.Take(song, other, LyricsDifference.Of(song, other, HeldTimes.None), _ => true, HeldTimes.None);
    }

    private static LyricsLine Line(double start, string text) =>
        LyricsLine.Of([.. text.Split(' ').Select((word, i) => new LyricsWord(word, Math.Round(start + (i * 0.4), 3), Math.Round(start + (i * 0.4) + 0.4, 3)))]);
}
