using System.Globalization;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Watch;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;

namespace Libretto.Server.Web.Edit;

public sealed partial class PassagePanel : ComponentBase, IAsyncDisposable
{
    // What is offered beyond the words' own times, seconds.
    private const double Room = 2;

    private (int First, int Last)? _chosen;
    private string _words = "";
    private double _from;
    private double _to;
    private string? _trouble;
    private string? _state;
    private double _pct;
    private bool _isWorking;
    private string? _part;
    private IReadOnlyList<string> _before = [];
    private IDisposable? _watch;

    /// <summary>The lyrics as they are now.</summary>
    [Parameter, EditorRequired]
    public LyricsDocument Document { get; set; } = default!;

    /// <summary>The passage's first line, from 0.</summary>
    [Parameter]
    public int First { get; set; }

    /// <summary>Its last line.</summary>
    [Parameter]
    public int Last { get; set; }

    /// <summary>The user chose other lines.</summary>
    [Parameter]
    public EventCallback<(int First, int Last)> Chosen { get; set; }

    /// <summary>The passage was timed.</summary>
    [Parameter]
    public EventCallback<TimedPassage> Timed { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    /// <summary>The song's job.</summary>
    [Parameter]
    public string SongId { get; set; } = "";

    [Inject]
    private JobStore Jobs { get; set; } = default!;

    [Inject]
    private PassageWork Work { get; set; } = default!;

    [Inject]
    private JobFeed Feed { get; set; } = default!;

    [Inject]
    private IContentStore Store { get; set; } = default!;

    [Inject]
    private PageCaller Callers { get; set; } = default!;

    public async ValueTask DisposeAsync() => await ForgetAsync();

    protected override void OnParametersSet()
    {
        if (_chosen == (First, Last) || _isWorking)
            return;
        _chosen = (First, Last);
        var lines = Document.Lines;
        _words = string.Join('\n', lines.Skip(First).Take(Last - First + 1).Select(line => line.Text));
        _from = Math.Max(First > 0 ? lines[First - 1].End : 0, lines[First].Start - Room);
        _to = Math.Min(Last + 1 < lines.Count ? lines[Last + 1].Start : Document.Duration, lines[Last].End + Room);
    }

    private Task ChooseAsync(object? first, object? last)
    {
        int Line(object? value, int otherwise) => value switch
        {
            int line => line,
            string text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) =>
                Math.Clamp(number, 1, Document.Lines.Count) - 1,
            _ => otherwise,
        };
        var (from, to) = (Line(first, First), Line(last, Last));
        return Chosen.InvokeAsync(first is int ? (Math.Min(from, to), to) : (from, Math.Max(from, to)));
    }

    private async Task BeginAsync()
    {
        if (_isWorking)
            return;
        (_isWorking, _trouble) = (true, null);
        var passage = new Passage(Math.Max(0, _from), Math.Min(_to, Document.Duration));
        if (await Callers.FindAsync() is not { } caller || await Jobs.FindAsync(SongId, default) is not { InputKey: not null } song ||
            !caller.MaySee(song))
            _trouble = "This song is not here any more.";
        else if (passage.End - passage.Start < PassagePipeline.Shortest)
            _trouble = "The passage must end at least half a second after it begins, within the song.";
        else
            await BeginAsync(song, caller, passage);
        _isWorking = _part is not null;
    }

    private async Task BeginAsync(Job song, Caller caller, Passage passage)
    {
        _before = [.. Document.Lines.Skip(First).Take(Last - First + 1).Select(line => line.Text)];
        try
        {
            _part = await Work.BeginAsync(song, caller, passage, _words, Document.Language ?? song.Language);
        }
        catch (Exception e) when (e is LyricsFormatException or ApiProblem or StorageException)
        {
            _trouble = e.Message;
            return;
        }
        (_state, _pct) = ("waiting …", 0);
        _watch = Feed.Watch(_part, moment => InvokeAsync(() => ShowAsync(moment)));
    }

    private Task StopAsync() => ForgetAsync().AsTask();

    private async Task ShowAsync(JobMoment moment)
    {
        if (_part is null || !moment.IsKnown)
            return;
        if (moment.Job is { Status: JobStatus.Running or JobStatus.Queued } job)
            (_state, _pct) = ($"{JobCard.Of(moment).Message} …", job.Pct);
        else if (moment.Job is { Status: JobStatus.Completed, DocumentKey: { } key })
            await TakeAsync(key);
        else
            await FailAsync(moment.Job?.ErrorMessage ?? "It was stopped.");
        StateHasChanged();
    }

    /// <summary>Takes what came of it; the words lie in the store for a while after their job is forgotten.</summary>
    private async Task TakeAsync(string documentKey)
    {
        var first = First;
        await ForgetAsync();
        var timed = await LyricsApi.ReadAsync(documentKey, Store, default);
        if (timed.Lines.Count == 0)
            _trouble = "Nobody was heard to sing there. Choose other bounds.";
        else
            await Timed.InvokeAsync(new TimedPassage(first, _before, timed.Lines, timed.Method?.Lyrics?.Unsure == true));
    }

    private async Task FailAsync(string why)
    {
        await ForgetAsync();
        _trouble = why;
    }

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static double? Seconds(object? typed) =>
        double.TryParse(typed as string, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private async ValueTask ForgetAsync()
    {
        _watch?.Dispose();
        if (_part is not { } part)
            return;
        (_part, _isWorking) = (null, false);
        await Work.ForgetAsync(part);
    }
}

/// <summary>Lines with new times.</summary>
/// <param name="First">Where the passage began, as a line from 0.</param>
/// <param name="Before">The lines' texts as they were.</param>
/// <param name="Lines">What comes in their place.</param>
/// <param name="IsUnsure">Whether the words hardly fit what is sung.</param>
public sealed record TimedPassage(int First, IReadOnlyList<string> Before, IReadOnlyList<LyricsLine> Lines, bool IsUnsure);
