using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Layout;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;

namespace Libretto.Server.Web.Edit.Realign;

public sealed partial class GuessedNotice : ComponentBase, IDisposable
{
    private string? _trouble;
    private string? _state;
    private int _done;
    private int _all;
    private bool _isWorking;
    private CancellationTokenSource? _stopping;

    /// <summary>The song's job.</summary>
    [Parameter, EditorRequired]
    public string SongId { get; set; } = "";

    /// <summary>The lyrics as they are now.</summary>
    [Parameter, EditorRequired]
    public LyricsDocument Document { get; set; } = default!;

    /// <summary>The lyrics as they were, whose guesses are not meant.</summary>
    [Parameter, EditorRequired]
    public LyricsDocument Before { get; set; } = default!;

    /// <summary>Told of each passage that was timed, one after the other.</summary>
    [Parameter]
    public EventCallback<TimedPassage> Timed { get; set; }

    /// <summary>Told how many were timed, and how many of them hardly fit what is sung.</summary>
    [Parameter]
    public EventCallback<(int Passages, int Unsure)> Ended { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private PassageWork Work { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    private IReadOnlyList<(int First, int Last)> Runs => GuessedLines.Of(Document, Before);

    private int Count => Runs.Sum(run => run.Last - run.First + 1);

    public void Dispose() => Stop();

    private async Task BeginAsync()
    {
        if (_isWorking || await Callers.FindAsync() is not { } caller)
            return;
        (_isWorking, _trouble, _done, _all) = (true, null, 0, Runs.Count);
        using var stopping = _stopping = new CancellationTokenSource();
        try
        {
            var unsure = 0;
            // Lines that were heard and still do not fit are not listened to again and again.
            var tried = new HashSet<string>(StringComparer.Ordinal);
            while (Runs.Where(run => tried.Add(TextOf(run))).Take(1).ToList() is [var run])
            {
                if (await Jobs.FindAsync(SongId, default) is not { InputKey: not null } song || !caller.MaySee(song))
                    throw new ApiProblem(404, "job_unknown", "This song is not here any more.");
                var before = GuessedLines.TextsOf(Document, run.First, run.Last);
                var (from, to) = GuessedLines.BoundsOf(Document, run.First, run.Last);
                var timed = await Work.RunAsync(song, caller, new Passage(from, Math.Min(to, Document.Duration)), string.Join('\n', before),
                    Document.Language ?? song.Language, Show, stopping.Token);
                var isUnsure = timed.Lines.Count == 0 || timed.Method?.Lyrics?.Unsure == true;
                if (timed.Lines.Count > 0)
                    await Timed.InvokeAsync(new TimedPassage(run.First, before, timed.Lines, isUnsure));
                (_done, unsure) = (_done + 1, unsure + (isUnsure ? 1 : 0));
            }
            await Ended.InvokeAsync((_done, unsure));
        }
        catch (Exception e) when (e is LyricsFormatException or ApiProblem or StorageException)
        {
            _trouble = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The user stopped it, or has left.
        }
        (_isWorking, _stopping) = (false, null);
    }

    private string TextOf((int First, int Last) run) =>
        string.Join('\n', GuessedLines.TextsOf(Document, run.First, run.Last));

    private void Stop() => _stopping?.Cancel();

    private void Show(string state, double pct) => _ = InvokeAsync(() =>
    {
        _state = state;
        StateHasChanged();
    });
}
