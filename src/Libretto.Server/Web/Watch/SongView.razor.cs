using Libretto.Karaoke.Html;
using Libretto.Lyrics;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Player;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Libretto.Server.Web.Watch;

public sealed partial class SongView : ComponentBase, IAsyncDisposable
{
    // Letters above which a title would fill the view.
    private const int LongTitle = 48;

    private JobMoment? _moment;
    private JobCard? _card;
    private PlayerSong? _song;
    private PlayerSong? _live;
    private bool _isNaming;
    private bool _isRemaking;
    private bool _wantsWords;
    private bool _hasSetAside;
    private (string Key, LyricsDocument Document)? _document;
    private Caller? _caller;
    private SongsShown? _playedFrom;
    private JobCard? _next;
    private SongEnds? _ends;
    private bool _isListening;
    private IDisposable? _watch;
    private string? _watched;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Whether the song is to begin by itself.</summary>
    [SupplyParameterFromQuery(Name = "play")]
    private string? Play { get; set; }

    // Where it is played from: see SongsShown.
    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    private string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    [SupplyParameterFromQuery(Name = "list")]
    private string? List { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private LiveSongs Live { get; set; } = default!;

    [Inject]
    private JobFeed Feed { get; set; } = default!;

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IContentStore Store { get; set; } = default!;

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        if (_ends is not null)
            await _ends.DisposeAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isListening || _playedFrom is null)
            return;
        _isListening = true;
        _ends = await SongEnds.WatchAsync(Js, () => InvokeAsync(OfferNextAsync));
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_watched == Id)
            return;
        _watch?.Dispose();
        _next = null;
        _playedFrom = SongsShown.IsFrom(From) ? SongsShown.Of(Search, Status, Order, List) : null;
        (_watched, _song, _live, _moment, _isNaming, _isRemaking) = (Id, null, null, null, false, false);
        _caller = await Callers.FindAsync();
        await ShowAsync(await Feed.LookAsync(Id, default));
        if (RendererInfo.IsInteractive)
            _watch = Feed.Watch(Id, moment => InvokeAsync(() => ShowAsync(moment)));
    }

    private async Task ShowAsync(JobMoment moment)
    {
        // A view may stay open for longer than the key that opened it is good.
        if (await Callers.FindAsync() is null)
        {
            Navigation.NavigateTo("sign-in?to=" + Uri.EscapeDataString($"/jobs/{Id}"), forceLoad: true);
            return;
        }
        var isVisible = moment.Job is { } job && _caller is { } caller && caller.MaySee(job);
        _moment = isVisible || !moment.IsKnown ? moment : JobMoment.Gone;
        _card = _moment.Job is null ? null : JobCard.Of(_moment);
        _song = _moment.Job is { DocumentKey: not null, ExpiredAt: null } done ? await SongAsync(done) : null;
        _live = _song is null && _card?.IsOpen == true ? await Live.OfAsync(_moment.Job!, _live, default) : null;
        _hasSetAside = _song is not null && await Jobs.SetAsideAsync(_moment.Job!, default) is not null;
        StateHasChanged();
    }

    /// <summary>The song is over: the one that follows where it was played from comes next, unless somebody says no.</summary>
    private async Task OfferNextAsync()
    {
        if (_playedFrom is null || await Callers.FindAsync() is not { } caller)
            return;
        var query = _playedFrom.QueryOf(caller, limit: 1) with { CanPlay = true, After = Id };
        _next = (await Jobs.ListAsync(query, default)).Select(JobCard.Of).FirstOrDefault();
        StateHasChanged();
    }

    private void AskForWords() => (_isRemaking, _wantsWords) = (true, true);

    private async Task<PlayerSong?> SongAsync(Job job) => _song?.Version == PlayerSongs.VersionOf(job)
        ? _song
        : PlayerSongs.Of(job, await DocumentAsync(job), $"api/jobs/{job.Id}");

    /// <summary>The same object for the same words: the player goes on when only stems have come.</summary>
    private async Task<LyricsDocument> DocumentAsync(Job job)
    {
        if (_document is not { } known || known.Key != job.DocumentKey)
            _document = known = (job.DocumentKey!, await LyricsApi.ReadAsync(job.DocumentKey!, Store, default));
        return known.Document;
    }
}
