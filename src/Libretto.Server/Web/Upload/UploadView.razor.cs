using System.Text.Json;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Http;
using Libretto.Server.Web.Layout;
using Libretto.Settings;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Libretto.Server.Web.Upload;

/// <summary>Takes songs in. Files go from the browser to the API as any client's would; this only says which, with what wishes.</summary>
public sealed partial class UploadView : ComponentBase
{
    private readonly List<SongDraft> _drafts = [];
    private readonly SongOptions _options = new();
    private ElementReference _zone;
    private ElementReference _input;
    private string _links = "";
    private string? _trouble;
    private int _linkCount;
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

    private string GoText => _drafts.Count(draft => draft.IsReady) is > 1 and var count ? $"Write down {count} songs"
        : "Write down the words";

    [JSInvokable]
    public void FilesChosen(JsonElement files)
    {
        _trouble = null;
        foreach (var file in files.Deserialize<List<ChosenFile>>(JsonSerializerOptions.Web)!)
        {
            var trouble = Refused(file);
            _drafts.Add(new SongDraft(file.Id, file.Name, file.Size) { Trouble = trouble, IsHopeless = trouble is not null });
        }
        StateHasChanged();
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
        if (status == 202)
            draft.JobId = JsonElement.Parse(body).GetProperty("id").GetString();
        else
            draft.Trouble = Reason(status, body);
        StateHasChanged();
        // One song: straight to it. With several, each row leads to its own.
        if (draft.JobId is not null && _drafts.Count == 1)
            Navigation.NavigateTo($"jobs/{draft.JobId}");
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
    }

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
        if (links.FirstOrDefault(link => !Uri.TryCreate(link, UriKind.Absolute, out var address) ||
            address.Scheme is not ("http" or "https")) is { } wrong)
        {
            _trouble = $"“{wrong}” is no link. Links begin with https:// or http://.";
            return;
        }
        foreach (var link in links.Where(link => !_drafts.Any(draft => draft.Name == link)))
            _drafts.Add(new SongDraft($"link-{++_linkCount}", link, null));
        _links = "";
    }

    private async Task SendAllAsync()
    {
        foreach (var draft in _drafts.Where(draft => draft.IsReady).ToList())
            await SendAsync(draft);
    }

    private async Task SendAsync(SongDraft draft)
    {
        (draft.Trouble, draft.Sent) = (null, 0);
        if (draft.IsLink)
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
