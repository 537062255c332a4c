using System.Text.Json;
using Libretto.Library.Files;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Layout;
using Libretto.Settings;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Libretto.Server.Web.Upload;

/// <summary>Takes songs in. Files go from the browser to the API as any client's would; this only says which, with what wishes.</summary>
public sealed partial class UploadView : ComponentBase
{
    private readonly List<SongDraft> _drafts = [];
    private readonly SongOptions _options = new() { Stems = true };
    private readonly TaskCompletionSource _isOpen = new();
    private ElementReference _zone;
    private ElementReference _input;
    private string _links = "";
    private string? _trouble;
    private int _linkCount;
    private bool _areLists;
    private IJSObjectReference? _module;
    private IJSObjectReference? _uploads;
    private DotNetObjectReference<UploadView>? _self;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ServerOptions Limits { get; set; } = default!;

    [Inject]
    private LibrettoSettings Settings { get; set; } = default!;

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private int ReadyCount => _drafts.Count(draft => draft.IsReady);

    private string Many => ReadyCount > 1 ? $" of {ReadyCount} songs" : "";

    private IEnumerable<HostedEngine> Hosted => Settings.Local ? [] : Settings.Hosted.Where(engine => engine.IsReady);

    /// <summary>Takes files; dropped ones are sent at once, as the last ones were.</summary>
    [JSInvokable]
    public async Task FilesChosen(JsonElement files, bool isDropped)
    {
        _trouble = null;
        List<SongDraft> taken = [];
        foreach (var file in files.Deserialize<List<ChosenFile>>(JsonSerializerOptions.Web)!)
        {
            var trouble = Refused(file);
            taken.Add(new SongDraft(file.Id, file.Name, file.Size)
            {
                Trouble = trouble,
                IsHopeless = trouble is not null,
                IsDropped = isDropped,
                IsList = PlaylistFiles.IsNamedAsList(file.Name),
            });
        }
        _drafts.AddRange(taken);
        StateHasChanged();
        // The script may be faster than the view that waits for it.
        await _isOpen.Task;
        foreach (var draft in taken.Where(draft => isDropped && draft.IsReady))
            await SendAsync(draft);
    }

    [JSInvokable]
    public void Sending(string id, double share)
    {
        if (Find(id) is { Sent: not null } draft)
            draft.Sent = share;
        StateHasChanged();
    }

    [JSInvokable]
    public void Answered(string id, int status, string body)
    {
        if (Find(id) is not { } draft)
            return;
        draft.Sent = null;
        if (status == 202 && draft.IsList)
            (draft.ListId, draft.LeftOut) = ListIn(body);
        else if (status == 202)
            draft.JobId = JsonElement.Parse(body).GetProperty("id").GetString();
        else
            (draft.Trouble, draft.IsHopeless) = (Reason(status, body), status is >= 400 and < 500 and not (401 or 408 or 409 or 429));
        StateHasChanged();
        if (draft is { IsDropped: true, JobId: { } jobId })
            OfferUndo(draft.Name, jobId);
        // One song: straight to it. With several, each row leads to its own.
        if (draft.JobId is not null && _drafts.Count == 1)
            Navigation.NavigateTo($"jobs/{draft.JobId}");
        // Of a list that is not whole it is said here what is missing.
        else if (draft is { ListId: not null, LeftOut: null } && _drafts.Count == 1)
            Navigation.NavigateTo($"jobs?list={draft.ListId}");
    }

    private static (string? Id, string? LeftOut) ListIn(string body)
    {
        var list = JsonElement.Parse(body);
        return (list.GetProperty("id").GetString(), list.TryGetProperty("left_out", out var left)
            ? string.Join(' ', left.EnumerateArray().Select(sentence => sentence.GetString())) : null);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_uploads is not null)
                await _uploads.InvokeVoidAsync("close");
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and its uploads with it.
        }
        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", PageAssets.Url("js/upload.js"));
        _uploads = await _module.InvokeAsync<IJSObjectReference>("open", _zone, _input, _self);
        _options.Remember(await _uploads.InvokeAsync<string?>("wishes"),
            ["whisper", "moonshine", .. Hosted.Select(engine => engine.Name)]);
        _isOpen.SetResult();
        StateHasChanged();
    }

    /// <summary>What was dropped began at once, so it can be taken back at once.</summary>
    private void OfferUndo(string name, string jobId) => Snackbar.Add(
        $"{(_options.Stems ? "Making karaoke of" : "Writing down")} “{name}”.", Severity.Normal, snack =>
        {
            snack.Action = "Undo";
            snack.OnClick = async _ =>
            {
                if (await Callers.FindAsync() is not { } caller || await Jobs.FindAsync(jobId, default) is not { } job ||
                    !caller.MaySee(job))
                    return;
                await Jobs.CancelAsync(jobId, default);
                await Jobs.BinAsync(jobId, default);
                Navigation.NavigateTo("");
            };
        });

    private async Task TrySampleAsync() =>
        await _uploads!.InvokeVoidAsync("sample", PageAssets.Url("sample/morning-light.ogg"), "Libretto - Morning Light.ogg");

    private SongDraft? Find(string id) => _drafts.FirstOrDefault(draft => draft.Id == id);

    /// <summary>What the server would refuse is not sent at all.</summary>
    private string? Refused(ChosenFile file) =>
        file.Size > Limits.MaxUploadBytes ? $"This file is larger than this server takes: {Limits.MaxUploadBytes / 1_000_000} MB."
        : file.Size == 0 ? "This file is empty."
        : null;

    private void AddLinks()
    {
        _trouble = null;
        var links = _links.Split(['\n', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] wrong = [.. links.Where(link => !IsLink(link))];
        foreach (var link in links.Except(wrong).Where(link => !_drafts.Any(draft => draft.Name == link)))
            _drafts.Add(new SongDraft($"link-{++_linkCount}", link, null) { IsList = _areLists });
        // What is none stays, to be put right.
        _links = string.Join('\n', wrong);
        if (wrong.Length > 0)
            _trouble = $"“{wrong[0]}” is no link. Links begin with https:// or http://.";
    }

    private static bool IsLink(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") && address.Host.Length > 0;

    private async Task SendAllAsync(bool withStems)
    {
        _options.Stems = withStems;
        await _uploads!.InvokeVoidAsync("remember", _options.ToWishes());
        foreach (var draft in _drafts.Where(draft => draft.IsReady).ToList())
            await SendAsync(draft);
    }

    private async Task SendAsync(SongDraft draft)
    {
        (draft.Trouble, draft.Sent) = (null, 0);
        if (draft is { IsLink: true, IsList: true })
            await _uploads!.InvokeVoidAsync("sendJson", draft.Id, _options.ToListJson(draft.Name), "api/lists");
        else if (draft.IsList)
            await _uploads!.InvokeVoidAsync("sendList", draft.Id, _options.ToListJson());
        else if (draft.IsLink)
            await _uploads!.InvokeVoidAsync("sendJson", draft.Id, _options.ToJson(draft.Name));
        else
            await _uploads!.InvokeVoidAsync("send", draft.Id, _options.ToJson(), draft == _drafts[0] ? _options.Given : null);
    }

    private async Task RemoveAsync(SongDraft draft)
    {
        _drafts.Remove(draft);
        await _uploads!.InvokeVoidAsync("stop", draft.Id);
    }

    /// <summary>The API's own words, where it had any.</summary>
    private static string Reason(int status, string body)
    {
        try
        {
            if (status != 0 && JsonSerializer.Deserialize(body, ProblemJson.Readable.Problem) is { Detail.Length: > 0 } problem)
                return problem.Detail;
        }
        catch (JsonException)
        {
            // Some proxy's answer rather than ours.
        }
        return status switch
        {
            0 => "The connection was lost on the way. Send it again.",
            401 => "Your key is no longer valid. Reload this view to sign in again.",
            413 => "This file is larger than this server takes.",
            _ => $"The server refused it ({status}).",
        };
    }
}
