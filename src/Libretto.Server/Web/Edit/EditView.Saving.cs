using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Microsoft.JSInterop;
using MudBlazor;

namespace Libretto.Server.Web.Edit;

// How what was edited is kept: saved, in versions, and as drafts in the browser.
public sealed partial class EditView
{
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

    /// <summary>Keeps what is not saved in the browser; says so once where that has no room for it.</summary>
    private async Task KeepDraftAsync()
    {
        var isKept = await _editor!.InvokeAsync<bool>("keep", TagOf(_seen!), LyricsFormats.Json.Write(_history!.Now));
        if (!isKept && !_isDraftTooLarge)
            Snackbar.Add("This browser has no room to keep what is not saved. Save before you leave.", Severity.Warning);
        _isDraftTooLarge = !isKept;
    }

    private static string TagOf(Job job) => $"{job.DocumentKey}-{job.DocumentVersion}";
}

/// <summary>Edits that the browser kept.</summary>
/// <param name="Tag">The version of the words that they were made from.</param>
/// <param name="Json">The words.</param>
internal sealed record KeptDraft(string Tag, string Json);
