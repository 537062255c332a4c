using Libretto.Karaoke.Html;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Player;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Libretto.Server.Web.Party;

public sealed partial class PartyView : ComponentBase
{
    private const int MostShown = 60;
    private const int MostSongs = 500;

    // Keys that are revoked close the screen within seconds.
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _gone = new();
    private Data.Entities.Party? _party;
    private PartyQueue _queue = PartyQueue.Empty;
    private PlayerSong? _song;
    private IReadOnlyList<(string Id, string Title, string? Artist)> _songs = [];
    private string _picture = "";
    private string _link = "";
    private string _singer = "";
    private string _chosen = "";
    private string? _trouble;
    private bool _isHere;
    private SongEnds? _ends;
    private bool _isListening;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private PartyStore Parties { get; set; } = default!;

    [Inject]
    private PartyBoard Board { get; set; } = default!;

    [Inject]
    private PartyLinks Links { get; set; } = default!;

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private IContentStore Store { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private bool CanGoOn => _queue.Now is not null || _queue.Waiting.Any(turn => turn.Song is { IsReady: true });

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        if (_ends is not null)
            await _ends.DisposeAsync();
    }

    protected override async Task OnInitializedAsync()
    {
        if (await FindAsync() is not { } caller)
            return;
        _link = Navigation.ToAbsoluteUri(Links.PathOf(Id)[1..]).AbsoluteUri;
        _picture = PartyLinks.Picture(_link);
        var songs = await Jobs.ListAsync(
            new JobQuery { KeyId = caller.SeesOnly, Status = JobStatus.Completed, Order = JobOrder.Title, Limit = MostSongs }, default);
        _songs = [.. songs.Where(job => job is { DocumentKey: not null, ExpiredAt: null })
            .Select(job => (job.Id, job.Title ?? job.FileName ?? "A song", job.Artist))];
        _chosen = _songs.Count > 0 ? _songs[0].Id : "";
        await LookAsync();
        if (RendererInfo.IsInteractive)
            _ = WatchAsync(_gone.Token);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_party is null || _isListening)
            return;
        _isListening = true;
        // The song that this screen played has ended.
        _ends = await SongEnds.WatchAsync(Js, () => InvokeAsync(NextAsync));
    }

    private static bool IsMade(PartyTurn turn) => turn.Song is not { IsReady: false, IsLost: false };

    private async Task WatchAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var watch = Board.Watch(Id);
                for (PartyMoment? seen = null; ;)
                {
                    seen = await watch.NextAsync(seen, Check, ct);
                    await InvokeAsync(() => ShowAsync(seen?.Queue));
                    if (seen is { Party: null })
                        return;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The view is closed.
                return;
            }
            catch (Exception) when (!ct.IsCancellationRequested)
            {
                // The database cannot be asked now: the screen keeps what it shows.
                await Task.Delay(Check, Time, CancellationToken.None);
            }
        }
    }

    private async Task LookAsync() => await ShowAsync(await Parties.QueueAsync(Id, default));

    private async Task ShowAsync(PartyQueue? queue)
    {
        // What this screen did itself it may know before those who read for all.
        if (await FindAsync() is not null && queue is not null && queue.Revision >= _queue.Revision)
        {
            var before = _queue.Now?.Entry.Id;
            _queue = queue;
            if (_queue.Now is null)
                _song = null;
            else if (_queue.Now.Entry.Id != before || _song is null)
                _song = await SongAsync(_queue.Now);
        }
        StateHasChanged();
    }

    /// <summary>The song of a turn: it begins by itself on the screen from which the party is led.</summary>
    private async Task<PlayerSong?> SongAsync(PartyTurn turn)
    {
        _trouble = null;
        try
        {
            if (await Jobs.FindAsync(turn.Entry.JobId, default) is { DocumentKey: not null, ExpiredAt: null } job)
                return PlayerSongs.Of(job, await LyricsApi.ReadAsync(job.DocumentKey!, Store, default), $"api/jobs/{job.Id}") with
                {
                    Begins = _isHere,
                    Singer = turn.Entry.Singer,
                };
        }
        catch (ApiProblem)
        {
            // Removed at this moment.
        }
        _trouble = $"“{turn.Song?.Title ?? "This song"}” is gone. Go on to the next singer.";
        return null;
    }

    private async Task NextAsync()
    {
        _isHere = true;
        if (await FindAsync() is not null)
            await Parties.NextAsync(Id, _queue.Now?.Entry.Id, default);
        await LookAsync();
    }

    private async Task TakeOutAsync(PartyTurn turn)
    {
        if (await FindAsync() is not null)
            await Parties.TakeOutAsync(Id, turn.Entry.Id, guest: null, default);
        await LookAsync();
    }

    private async Task AddAsync()
    {
        _trouble = null;
        try
        {
            if (await FindAsync() is not null && await Parties.SongAsync(_party!, _chosen, default) is { } job)
                await Parties.AddAsync(_party!, job.Id, _singer, guest: null, default);
        }
        catch (ApiProblem problem)
        {
            _trouble = problem.Message;
        }
        await LookAsync();
    }

    private async Task AllowAsync(ChangeEventArgs e)
    {
        if (await FindAsync() is not null)
            await Parties.AllowLinksAsync(Id, e.Value is true, default);
        await LookAsync();
    }

    private async Task EndAsync()
    {
        if (await FindAsync() is not null)
            await Parties.EndAsync(Id, default);
        Navigation.NavigateTo("party");
    }

    /// <summary>The host, who is who began it, or an administrator; the party along with it, null once it is over.</summary>
    private async Task<Caller?> FindAsync()
    {
        var caller = await Callers.FindAsync();
        var party = caller is null ? null : await Parties.FindAsync(Id, default);
        _party = party is not null && (caller!.IsAdmin || caller.KeyId == party.KeyId) ? party : null;
        return _party is null ? null : caller;
    }
}
