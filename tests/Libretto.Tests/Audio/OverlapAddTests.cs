using Libretto.Audio;

namespace Libretto.Tests.Audio;

public class OverlapAddTests
{
    [Fact]
    public void Pieces_are_averaged_by_their_weights()
    {
        var overlap = new OverlapAdd(1, 4);
        overlap.Add(0, [1, 2, 3, 4], [1, 1, 1, 1]);
        var taken = new float[2];
        overlap.Take(taken);
        Assert.Equal([1, 2], taken);

        overlap.Add(2, [3 * 5, 3 * 6, 3 * 7], [3, 3, 3]);
        taken = new float[4];
        overlap.Take(taken);
        Assert.Equal([(3 + 15) / 4f, (4 + 18) / 4f, 7, 0], taken);
    }

    [Fact]
    public void What_lies_before_the_start_is_dropped()
    {
        var overlap = new OverlapAdd(2, 4);
        overlap.Add(-3, [1, 1, 2, 2, 3, 3, 4, 5], [1, 1, 1, 1]);
        overlap.Add(-3, [1, 1], [1]);
        var taken = new float[4];
        overlap.Take(taken);
        Assert.Equal([4, 5, 0, 0], taken);
    }
}
