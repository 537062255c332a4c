using System.Text;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Libretto.Server.Web.Edit.Realign;
using Microsoft.JSInterop;
using MudBlazor;

namespace Libretto.Server.Web.Edit;

// What is done to the words, each as one step that can be undone.
public sealed partial class EditView
{
    [JSInvokable]
    public Task Select(int word) => InvokeAsync(() => SelectAsync(word));

    /// <summary>All words up to this one are chosen.</summary>
    [JSInvokable]
    public Task Extend(int word) => InvokeAsync(() => ChooseAsync(selection => selection.Extend(word)));

    [JSInvokable]
    public Task ChooseAll() => InvokeAsync(() => ChooseAsync(selection => selection.TakeRange(0, Math.Max(0, Words.Count - 1))));

    [JSInvokable]
    public Task MoveStart(int word, double start) => InvokeAsync(() => DoAsync(now => LyricsEdit.MoveStart(now, word, start)));

    [JSInvokable]
    public Task MoveEnd(int word, double end) => InvokeAsync(() => DoAsync(now => LyricsEdit.MoveEnd(now, word, end)));

    /// <summary>A word that is one of several that are chosen takes them along.</summary>
    [JSInvokable]
    public Task MoveWord(int word, double seconds) => InvokeAsync(() =>
        DoAsync(now => LyricsMany.Move(now, _selection.Words.Contains(word) ? _selection.Words : new HashSet<int> { word }, seconds)));

    [JSInvokable]
    public Task MoveLine(int word, double seconds) => InvokeAsync(() =>
        DoAsync(now => LyricsMany.Move(now, LineWords(now, LineOf(word), LineOf(word)), seconds)));

    [JSInvokable]
    public Task MoveChosen(double seconds) => InvokeAsync(() => DoAsync(now => LyricsMany.Move(now, _selection.Words, seconds)));

    /// <summary>A key that writes as in a text: Enter splits, Backspace joins, Delete takes what is chosen out.</summary>
    [JSInvokable]
    public Task Key(string key, int word) => InvokeAsync(() =>
    {
        if (_selection.IsMany && key != "Enter")
            return DeleteAsync();
        _selection.Take(word);
        return DoAsync(now => key switch
        {
            "Enter" => LyricsEdit.SplitLine(now, word),
            "Backspace" => LyricsEdit.JoinBefore(now, word),
            "Delete" => LyricsEdit.SetText(now, word, ""),
            _ => now,
        });
    });

    /// <summary>A word is to be written in its place.</summary>
    [JSInvokable]
    public Task Type(int word) => InvokeAsync(() =>
    {
        _typing = word;
        return SelectAsync(word);
    });

    /// <summary>A word was written in its place.</summary>
    /// <param name="word">The word.</param>
    /// <param name="before">What stands there now, or before the caret.</param>
    /// <param name="after">What stands behind the caret, where a line begins.</param>
    /// <param name="then">What comes next.</param>
    [JSInvokable]
    public Task Typed(int word, string before, string after, string then) => InvokeAsync(async () =>
    {
        _typing = null;
        if (word >= Words.Count)
            return;
        var old = Words.Count;
        if (then != "cancel" && $"{before} {after}".Trim() != Words[word].Text)
            _history!.Do(LyricsEdit.SetText(_history.Now, word, $"{before} {after}"));
        // Several words may stand there by now, or none.
        var last = Math.Clamp(word + Words.Count - old, 0, Math.Max(0, Words.Count - 1));
        if (then == "line")
            last = Line(word, before.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        else if (then == "join")
            last = Join(word);
        else if (then is "next" or "previous")
            _typing = last = Math.Clamp(then == "next" ? last + 1 : word - 1, 0, Math.Max(0, Words.Count - 1));
        _selection.Take(Math.Max(0, last));
        // What is rendered goes to the browser first, which then puts the caret there.
        StateHasChanged();
        await Task.Yield();
        await ShowAsync();

        int Line(int first, int count)
        {
            var at = Math.Min(first + count, Words.Count - 1);
            _history!.Do(LyricsEdit.SplitLine(_history.Now, at));
            return at;
        }

        int Join(int at)
        {
            if (at == 0 || at >= Words.Count)
                return at;
            var isFirst = LyricsEdit.Find(_history!.Now, at).Place == 0;
            _history.Do(isFirst ? LyricsEdit.JoinBefore(_history.Now, at) : LyricsEdit.JoinWord(_history.Now, at));
            _typing = isFirst ? at : at - 1;
            return _typing.Value;
        }
    });

    [JSInvokable]
    public Task Tapped(int first, double[] starts) => InvokeAsync(() => DoAsync(now => LyricsEdit.Retime(now, first, starts)));

    [JSInvokable]
    public Task Step(string what) => InvokeAsync(() => what == "undo" ? UndoAsync() : RedoAsync());

    /// <summary>Lines were pasted onto the words: what differs is shown.</summary>
    [JSInvokable]
    public Task Pasted() => InvokeAsync(async () =>
    {
        (_isPasting, _hasPasted) = (false, true);
        StateHasChanged();
        await Task.Yield();
        _isPasting = true;
        StateHasChanged();
    });

    private async Task DoAsync(Func<LyricsDocument, LyricsDocument> edit)
    {
        if (_history is null || Selected is null)
            return;
        _history.Do(edit(_history.Now));
        await ShowAsync();
    }

    private async Task ReplaceAsync((string Find, string Replacement) wish)
    {
        var (next, count) = LyricsAdd.Replace(_history!.Now, wish.Find, wish.Replacement);
        _history.Do(next);
        Snackbar.Add(count == 1 ? "1 word changed." : $"{count} words changed.");
        await ShowAsync();
    }

    private int CountOf(string part) => Words.Count(word => word.Text.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase));

    private Task UndoAsync()
    {
        _history?.Undo();
        return ShowAsync();
    }

    private Task RedoAsync()
    {
        _history?.Redo();
        return ShowAsync();
    }

    private Task SelectAsync(int word) => ChooseAsync(selection => selection.Take(word));

    private async Task ChooseAsync(Action<EditSelection> choose)
    {
        choose(_selection);
        if (_passage is not null && _selection.IsMany)
            _passage = Lines;
        // What is rendered goes to the browser first: the editor scrolls to the word beside the panel that has just opened.
        StateHasChanged();
        await Task.Yield();
        await ShowAsync(isChanged: false);
    }

    /// <summary>With Shift all words up to this one are chosen, with Ctrl this one more or less.</summary>
    private Task ClickAsync(int word, bool isExtending, bool isToggling)
    {
        _isPanelOpen = true;
        return ChooseAsync(selection =>
        {
            if (isToggling)
                selection.Toggle(word);
            else if (isExtending || _isChoosing)
                selection.Extend(word);
            else
                selection.Take(word);
        });
    }

    /// <summary>A click on a line's number chooses all of it.</summary>
    private Task ClickLineAsync(int line, bool isExtending)
    {
        _isPanelOpen = true;
        var (from, to) = isExtending || _isChoosing ? (Math.Min(line, Lines.First), Math.Max(line, Lines.Last)) : (line, line);
        return ChooseLinesAsync(from, to);
    }

    private Task ChooseLinesAsync(int first, int last)
    {
        var words = LineWords(_history!.Now, first, last);
        return ChooseAsync(selection => selection.TakeRange(words.Max(), words.Min()));
    }

    private void TogglePassage() => _passage = _passage is null ? Lines : null;

    private void Choose((int First, int Last) lines) => _passage = (Math.Min(lines.First, lines.Last), Math.Max(lines.First, lines.Last));

    /// <summary>The lines that are spoken of: the passage's, or those of the chosen words.</summary>
    private (int First, int Last) Lines => _passage ?? (LineOf(_selection.First), LineOf(_selection.Last));

    private int LineOf(int word) => LyricsEdit.Find(_history!.Now, word).Line;

    private static HashSet<int> LineWords(LyricsDocument document, int first, int last)
    {
        var from = document.Lines.Take(first).Sum(line => line.Words.Count);
        return [.. Enumerable.Range(from, document.Lines.Skip(first).Take(last - first + 1).Sum(line => line.Words.Count))];
    }

    private async Task DeleteAsync()
    {
        var (count, first) = (_selection.Words.Count, _selection.First);
        _history!.Do(LyricsMany.Delete(_history.Now, _selection.Words));
        _selection.Take(Math.Clamp(first, 0, Math.Max(0, Words.Count - 1)));
        Snackbar.Add($"{count} words deleted. Undo brings them back.");
        await ShowAsync();
    }

    private async Task BreakAgainAsync(int first, int last)
    {
        var (before, next) = (_history!.Now, LineBreaks.Again(_history.Now, first, last - first + 1));
        Snackbar.Add(ReferenceEquals(before, next) ? "The lines break where they should."
            : $"{before.Lines.Count} lines have become {next.Lines.Count}. Undo takes it back.");
        _history.Do(next);
        _passage = null;
        await ShowAsync();
    }

    private void TogglePasting() => (_isPasting, _hasPasted) = (!_isPasting, false);

    /// <summary>What was typed or pasted as whole lyrics.</summary>
    private async Task<string> PastedTextAsync()
    {
        await using var reference = await _editor!.InvokeAsync<IJSStreamReference>("pastedText");
        await using var stream = await reference.OpenReadStreamAsync(LyricsReader.LargestFile * 2);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Other lyrics, or parts of them, come in the place of these: one step. Lines without times may be listened to.</summary>
    private async Task TakePastedAsync(LyricsDocument next)
    {
        var before = _history!.Now;
        (_isPasting, _hasPasted, _passage) = (false, false, null);
        _history.Do(next);
        _guessedSince = before;
        _selection.Keep(Words.Count);
        if (GuessedLines.Of(next, before) is [var first, ..])
            _selection.Take(next.Lines.Take(first.First).Sum(line => line.Words.Count));
        if (ReferenceEquals(before, next))
            Snackbar.Add("Nothing has changed.");
        await ShowAsync();
    }

    /// <summary>A passage of those with guessed times was timed. All of them are one step, unless others came between them.</summary>
    private async Task TakeGuessedAsync(TimedPassage timed)
    {
        // What was changed meanwhile stays as it is.
        if (LyricsEdit.ReplaceLines(_history!.Now, timed.First, timed.Before, timed.Lines) is not { } next)
            return;
        if (ReferenceEquals(_history.Now, _realigned))
            _history.Amend(next);
        else
            _history.Do(next);
        _realigned = next;
        await ShowAsync();
    }

    private void EndGuessed((int Passages, int Unsure) timed)
    {
        (_guessedSince, _realigned) = (null, null);
        Snackbar.Add($"{(timed.Passages == 1 ? "1 passage" : $"{timed.Passages} passages")} timed anew. " + (timed.Unsure == 0
            ? "Undo takes it back." : $"The words of {timed.Unsure} hardly fit what is sung there: listen to them."));
    }

    /// <summary>A passage's new words and times are one step, which undo takes back.</summary>
    private async Task TakePassageAsync(TimedPassage timed)
    {
        if (LyricsEdit.ReplaceLines(_history!.Now, timed.First, timed.Before, timed.Lines) is not { } next)
        {
            Snackbar.Add("These lines were changed meanwhile. Re-align them again.", Severity.Warning);
            return;
        }
        _passage = null;
        _history.Do(next);
        _selection.Take(next.Lines.Take(timed.First).Sum(line => line.Words.Count));
        Snackbar.Add(timed.IsUnsure ? "Timed anew, but these words hardly fit what is sung there: listen to them."
            : "Timed anew. Undo takes it back.");
        await ShowAsync();
    }

    private Task NextDoubtAsync() => SelectAsync(_doubts.FirstOrDefault(word => word != _selection.At, _doubts[0]));
}
