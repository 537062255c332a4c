namespace Libretto.Align;

/// <summary>How much of a text the network reads at once.</summary>
/// <param name="Before">Tokens before each word and, last, of all words.</param>
/// <param name="Most">As many tokens are read at once.</param>
internal sealed record TokenLimit(int[] Before, int Most)
{
    /// <summary>Whether a run of words is read at once.</summary>
    /// <param name="first">Its first word.</param>
    /// <param name="end">One past its last.</param>
    public bool Fits(int first, int end) => Before[end] - Before[first] <= Most;
}
