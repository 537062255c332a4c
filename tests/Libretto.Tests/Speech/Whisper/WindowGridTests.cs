using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Tests.Speech.Whisper;

public class WindowGridTests
{
    [Fact]
    public void A_stretch_lies_most_central_in_the_window_it_gets()
    {
        var grid = new WindowGrid([new(0, 25), new(25, 50), new(36, 60)], 100);
        Assert.Equal(new TimeRange(36, 66), grid.Cover(new TimeRange(45, 54)));
        Assert.Equal(new TimeRange(25, 55), grid.Cover(new TimeRange(28, 36)));
        Assert.Equal(3, grid.Windows.Count);
    }

    [Fact]
    public void A_window_is_added_where_none_holds_a_stretch_and_serves_the_next_ones()
    {
        var grid = new WindowGrid([new(0, 25), new(25, 50)], 100);
        var added = grid.Cover(new TimeRange(22, 36));
        Assert.Equal(new TimeRange(14, 44), added);
        Assert.Equal(added, grid.Cover(new TimeRange(24, 32)));
        Assert.Equal(3, grid.Windows.Count);
    }

    [Fact]
    public void No_window_goes_past_the_end() => Assert.Equal(70, new WindowGrid([new(50, 70)], 70).Windows[0].End);
}
