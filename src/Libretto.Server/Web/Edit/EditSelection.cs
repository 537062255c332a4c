namespace Libretto.Server.Web.Edit;

/// <summary>The words that are chosen in an editor: one is at hand, and others may be chosen along with it.</summary>
internal sealed class EditSelection
{
    private readonly SortedSet<int> _words = [0];
    private int _from;

    /// <summary>The word at hand, by its number in the song.</summary>
    public int At { get; private set; }

    /// <summary>All that are chosen, the one at hand among them.</summary>
    public IReadOnlySet<int> Words => _words;

    public bool IsMany => _words.Count > 1;

    public int First => _words.Min;

    public int Last => _words.Max;

    /// <summary>Chooses one word and no other.</summary>
    public void Take(int word) => TakeRange(word, word);

    /// <summary>Chooses all words from the one that was taken first up to another.</summary>
    public void Extend(int word) => TakeRange(_from, word);

    /// <summary>Chooses all words between two; the second is at hand.</summary>
    public void TakeRange(int from, int to)
    {
        (_from, At) = (from, to);
        _words.Clear();
        _words.UnionWith(Enumerable.Range(Math.Min(from, to), Math.Abs(to - from) + 1));
    }

    /// <summary>Adds a word to those that are chosen, or takes it out; one always remains.</summary>
    public void Toggle(int word)
    {
        if (!_words.Add(word) && _words.Count > 1)
            _words.Remove(word);
        (_from, At) = _words.Contains(word) ? (word, word) : (_words.Max, _words.Max);
    }

    /// <summary>Forgets words that are no longer there.</summary>
    public void Keep(int count)
    {
        var last = Math.Max(0, count - 1);
        _words.RemoveWhere(word => word > last);
        (At, _from) = (Math.Min(At, last), Math.Min(_from, last));
        _words.Add(At);
    }
}
