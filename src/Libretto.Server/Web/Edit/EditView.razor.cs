using Libretto.Karaoke.Html;
using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Player;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Libretto.Server.Web.Edit;

public sealed partial class EditView : ComponentBase, IAsyncDisposable
{
    // Words below this confidence are worth a look.
    private const double Unsure = 0.5;

    private EditHistory? _history;
    private Job? _seen;
    private Job? _theirs;
    private string? _title;
    private string? _trouble;
    private KeptDraft? _draft;
    private bool _isPanelOpen;
    private bool _isFinding;
    private string _firstWords = "";
    private int _selected;
    private (int First, int Last)? _passage;
    private IReadOnlyList<int> _doubts = [];
    private IReadOnlyList<LyricsVersion> _versions = [];
    private LyricsVersion? _setAside;
    private string? _setAsideKey;
    private ElementReference _root;
    private IJSObjectReference? _module;
    private IJSObjectReference? _editor;
    private DotNetObjectReference<EditView>? _self;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private IContentStore Store { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private IReadOnlyList<LyricsWord> Words => _history is null ? [] : LyricsEdit.Words(_history.Now);

    private LyricsWord? Selected => Words.ElementAtOrDefault(_selected);

    /// <summary>Whether the draft was made from words that have been replaced since.</summary>
    private bool IsDraftOlder => _draft?.Tag != TagOf(_seen!);

    [JSInvokable]
    public Task Select(int word) => InvokeAsync(() => SelectAsync(word));

    [JSInvokable]
    public Task MoveStart(int word, double start) => InvokeAsync(() => DoAsync(now => LyricsEdit.MoveStart(now, word, start)));

    [JSInvokable]
    public Task MoveEnd(int word, double end) => InvokeAsync(() => DoAsync(now => LyricsEdit.MoveEnd(now, word, end)));

    [JSInvokable]
    public Task MoveWord(int word, double seconds) => InvokeAsync(() => DoAsync(now => LyricsAdd.MoveWord(now, word, seconds)));

    [JSInvokable]
    public Task MoveLine(int word, double seconds) => InvokeAsync(() => DoAsync(now => LyricsAdd.MoveLine(now, word, seconds)));

    /// <summary>A key that writes as in a text: Enter splits, Backspace joins, Delete takes the word out.</summary>
    [JSInvokable]
    public Task Key(string key, int word) => InvokeAsync(() =>
    {
        _selected = word;
        return DoAsync(now => key switch
        {
            "Enter" => LyricsEdit.SplitLine(now, word),
            "Backspace" => LyricsEdit.JoinBefore(now, word),
            "Delete" => LyricsEdit.SetText(now, word, ""),
            _ => now,
        });
    });

    [JSInvokable]
    public Task Tapped(int first, double[] starts) => InvokeAsync(() => DoAsync(now => LyricsEdit.Retime(now, first, starts)));

    [JSInvokable]
    public Task Step(string what) => InvokeAsync(() => what == "undo" ? UndoAsync() : RedoAsync());

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_editor is not null)
                await _editor.InvokeVoidAsync("close");
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone; what was not saved it keeps.
        }
        _self?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        var caller = await Callers.FindAsync();
        var job = await Jobs.FindAsync(Id, default);
        if (job is null || caller?.MaySee(job) != true)
            _trouble = "This song is not here.";
        else if (job.DocumentKey is null || job.ExpiredAt is not null)
            _trouble = "This song has no words to edit.";
        else
            await OpenAsync(job);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_history is null || _editor is not null || _self is not null)
            return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", PageAssets.Url("js/editor.js"));
        _editor = await _module.InvokeAsync<IJSObjectReference>("open", _root, _self);
        _draft = await _editor.InvokeAsync<KeptDraft?>("draft");
        await ShowAsync();
        await _editor.InvokeVoidAsync("ready");
    }

    private async Task OpenAsync(Job job)
    {
        (_seen, _title) = (job, job.Title ?? job.FileName);
        _history = new EditHistory(await LyricsApi.ReadAsync(job.DocumentKey!, Store, default));
        _versions = await Jobs.VersionsAsync(Id, default);
        _setAside = await Jobs.SetAsideAsync(job, default);
        _setAsideKey = _setAside?.DocumentKey;
        Count();
    }

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

    /// <summary>Gives a song without words its first.</summary>
    private async Task PutInAsync()
    {
        _history!.Do(LyricsEdit.Fill(_history.Now, _firstWords));
        await ShowAsync();
    }

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

    private async Task SelectAsync(int word)
    {
        _selected = word;
        // What is rendered goes to the browser first: the editor scrolls to the word beside the panel that has just opened.
        await Task.Yield();
        await ShowAsync(isChanged: false);
    }

    /// <summary>With Shift, all lines from the selected word's on are the passage.</summary>
    private Task ClickAsync(int word, bool isExtending)
    {
        if (isExtending)
            Choose((LineOf(_selected), LineOf(word)));
        _isPanelOpen = true;
        return isExtending ? Task.CompletedTask : SelectAsync(word);
    }

    private void TogglePassage() => _passage = _passage is null ? (LineOf(_selected), LineOf(_selected)) : null;

    private void Choose((int First, int Last) lines) => _passage = (Math.Min(lines.First, lines.Last), Math.Max(lines.First, lines.Last));

    /// <summary>The lines that are spoken of: the passage's, or the selected word's.</summary>
    private Range Chosen => _passage is { } lines ? lines.First..(lines.Last + 1) : LineOf(_selected)..(LineOf(_selected) + 1);

    private int LineOf(int word) => LyricsEdit.Find(_history!.Now, word).Line;

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
        _selected = next.Lines.Take(timed.First).Sum(line => line.Words.Count);
        Snackbar.Add(timed.IsUnsure ? "Timed anew, but these words hardly fit what is sung there: listen to them."
            : "Timed anew. Undo takes it back.");
        await ShowAsync();
    }

    private Task NextDoubtAsync() => SelectAsync(_doubts.FirstOrDefault(word => word != _selected, _doubts[0]));

    private async Task SaveAsync()
    {
        if (_history is null || await Callers.FindAsync() is not { } caller || !caller.MaySee(_seen!))
            return;
        var now = _history.Now;
        if (await LyricsApi.SaveAsync(_seen!, now, Jobs, Store, default) is { } saved)
        {
            _seen = saved;
            _history.MarkSaved(now);
            _versions = await Jobs.VersionsAsync(Id, default);
            await _editor!.InvokeVoidAsync("forget");
        }
        else if (await Jobs.FindAsync(Id, default) is { DocumentKey: not null } theirs)
        {
            _theirs = theirs;
        }
        else
        {
            _trouble = "This song was deleted meanwhile.";
        }
    }

    private async Task SaveOverAsync()
    {
        (_seen, _theirs) = (_theirs, null);
        await SaveAsync();
    }

    private async Task TakeTheirsAsync()
    {
        (_seen, _theirs) = (_theirs, null);
        var theirs = await LyricsApi.ReadAsync(_seen!.DocumentKey!, Store, default);
        _history!.Do(theirs);
        _history.MarkSaved(theirs);
        await ShowAsync();
    }

    private async Task TakeVersionAsync(string documentKey)
    {
        _history!.Do(await LyricsApi.ReadAsync(documentKey, Store, default));
        await ShowAsync();
    }

    private Task TakeSetAsideAsync()
    {
        _setAside = null;
        return TakeVersionAsync(_setAsideKey!);
    }

    private async Task TakeDraftAsync()
    {
        try
        {
            _history!.Do(LyricsFormats.Json.Read(_draft!.Json));
        }
        catch (LyricsFormatException)
        {
            // From an older version of Libretto: nothing can be made of it.
        }
        // Kept as this window's before it goes as the other's.
        var taken = _draft;
        _draft = null;
        await ShowAsync();
        if (taken is not null)
            await _editor!.InvokeVoidAsync("drop");
    }

    private async Task DropDraftAsync()
    {
        _draft = null;
        await _editor!.InvokeVoidAsync("drop");
    }

    /// <summary>Brings the view, the strip and the browser's copy of what is unsaved up to date.</summary>
    private async Task ShowAsync(bool isChanged = true)
    {
        Count();
        if (_passage is { } lines && lines.Last >= _history!.Now.Lines.Count)
            _passage = null;
        _selected = Math.Clamp(_selected, 0, Math.Max(0, Words.Count - 1));
        StateHasChanged();
        if (_editor is null)
            return;
        if (isChanged)
            await _editor.InvokeVoidAsync(
                "setWords", Words.Select(word => new object[] { word.Text, word.Start, word.End, IsDoubtful(word) }));
        await _editor.InvokeVoidAsync("select", _selected);
        if (isChanged && _history!.IsChanged)
            await _editor.InvokeVoidAsync("keep", TagOf(_seen!), LyricsFormats.Json.Write(_history.Now));
    }

    /// <summary>The least certain first.</summary>
    private void Count() => _doubts = [.. Words.Select((word, index) => (word, index)).Where(one => IsDoubtful(one.word))
        .OrderBy(one => one.word.Confidence ?? 0).Select(one => one.index)];

    private static bool IsDoubtful(LyricsWord word) => word.Confidence < Unsure || word.Estimated == true;

    private static string TagOf(Job job) => $"{job.DocumentKey}-{job.DocumentVersion}";
}

/// <summary>Edits that the browser kept.</summary>
/// <param name="Tag">The version of the words that they were made from.</param>
/// <param name="Json">The words.</param>
internal sealed record KeptDraft(string Tag, string Json);
