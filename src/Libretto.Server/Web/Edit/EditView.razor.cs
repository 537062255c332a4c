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
    private bool _isPasting;
    private bool _hasPasted;
    private bool _isChoosing;
    private bool _isDraftTooLarge;
    private int? _typing;
    private readonly EditSelection _selection = new();
    private (int First, int Last)? _passage;
    private LyricsDocument? _guessedSince;
    private LyricsDocument? _realigned;
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

    private LyricsWord? Selected => Words.ElementAtOrDefault(_selection.At);

    /// <summary>Whether the draft was made from words that have been replaced since.</summary>
    private bool IsDraftOlder => _draft?.Tag != TagOf(_seen!);

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

    /// <summary>Brings the view, the strip and the browser's copy of what is unsaved up to date.</summary>
    private async Task ShowAsync(bool isChanged = true)
    {
        Count();
        if (_passage is { } lines && lines.Last >= _history!.Now.Lines.Count)
            _passage = null;
        _selection.Keep(Words.Count);
        StateHasChanged();
        if (_editor is null)
            return;
        if (isChanged)
            await _editor.InvokeVoidAsync(
                "setWords", Words.Select(word => new object[] { word.Text, word.Start, word.End, IsDoubtful(word) }));
        await _editor.InvokeVoidAsync("select", _selection.At, _selection.Words);
        if (isChanged && _history!.IsChanged)
            await KeepDraftAsync();
    }

    /// <summary>The least certain first.</summary>
    private void Count() => _doubts = [.. Words.Select((word, index) => (word, index)).Where(one => IsDoubtful(one.word))
        .OrderBy(one => one.word.Confidence ?? 0).Select(one => one.index)];

    private string ClassOf(int index, LyricsWord word) => (index == _selection.At ? "selected " : "") +
        (_selection.Words.Contains(index) ? "picked " : "") + (IsDoubtful(word) ? "unsure" : "");

    private static bool IsDoubtful(LyricsWord word) => word.Confidence < Unsure || word.Estimated == true;
}
