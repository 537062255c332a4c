using Libretto.Lyrics;

namespace Libretto.Server.Web.Edit;

/// <summary>The states lyrics went through while they were edited, for undo and redo.</summary>
internal sealed class EditHistory(LyricsDocument saved)
{
    private const int Longest = 500;

    private readonly List<LyricsDocument> _before = [];
    private readonly Stack<LyricsDocument> _after = new();

    public LyricsDocument Now { get; private set; } = saved;

    /// <summary>What the server has.</summary>
    public LyricsDocument Saved { get; private set; } = saved;

    public bool CanUndo => _before.Count > 0;

    public bool CanRedo => _after.Count > 0;

    public bool IsChanged => !ReferenceEquals(Now, Saved);

    /// <summary>Takes a new state; the same state as before is no step.</summary>
    public void Do(LyricsDocument next)
    {
        if (ReferenceEquals(next, Now))
            return;
        _before.Add(Now);
        if (_before.Count > Longest)
            _before.RemoveAt(0);
        _after.Clear();
        Now = next;
    }

    /// <summary>Takes a new state as part of the last step.</summary>
    public void Amend(LyricsDocument next) => Now = next;

    public void Undo()
    {
        if (!CanUndo)
            return;
        _after.Push(Now);
        Now = _before[^1];
        _before.RemoveAt(_before.Count - 1);
    }

    public void Redo()
    {
        if (!_after.TryPop(out var next))
            return;
        _before.Add(Now);
        Now = next;
    }

    /// <summary>The server has this state now.</summary>
    public void MarkSaved(LyricsDocument document) => Saved = document;
}
