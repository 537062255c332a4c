using System.Globalization;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Web.Layout;
using Libretto.Storage;
using Microsoft.AspNetCore.Components;

namespace Libretto.Server.Web.Edit.Realign;

public sealed partial class PassagePanel : ComponentBase, IDisposable
{
    private (int First, int Last)? _chosen;
    private string _words = "";
    private double _from;
    private double _to;
    private string? _trouble;
    private string? _state;
    private double _pct;
    private bool _isWorking;
    private CancellationTokenSource? _stopping;

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
    private PageCaller Callers { get; set; } = default!;

    public void Dispose() => Stop();

    protected override void OnParametersSet()
    {
        if (_chosen == (First, Last) || _isWorking)
            return;
        _chosen = (First, Last);
        _words = string.Join('\n', GuessedLines.TextsOf(Document, First, Last));
        (_from, _to) = GuessedLines.BoundsOf(Document, First, Last);
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
        _isWorking = false;
    }

    private async Task BeginAsync(Job song, Caller caller, Passage passage)
    {
        var first = First;
        var before = GuessedLines.TextsOf(Document, First, Last);
        _state = "waiting …";
        _pct = 0;
        using var stopping = _stopping = new CancellationTokenSource();
        try
        {
            var timed = await Work.RunAsync(song, caller, passage, _words, Document.Language ?? song.Language, Show, stopping.Token);
            if (timed.Lines.Count == 0)
                _trouble = "Nobody was heard to sing there. Choose other bounds.";
            else
                await Timed.InvokeAsync(new TimedPassage(first, before, timed.Lines, timed.Method?.Lyrics?.Unsure == true));
        }
        catch (Exception e) when (e is LyricsFormatException or ApiProblem or StorageException)
        {
            _trouble = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The user stopped it, or has left.
        }
        _stopping = null;
    }

    private void Stop() => _stopping?.Cancel();

    private void Show(string state, double pct) => _ = InvokeAsync(() =>
    {
        (_state, _pct) = (state, pct);
        StateHasChanged();
    });

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static double? Seconds(object? typed) =>
        double.TryParse(typed as string, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}

/// <summary>Lines with new times.</summary>
/// <param name="First">Where the passage began, as a line from 0.</param>
/// <param name="Before">The lines' texts as they were.</param>
/// <param name="Lines">What comes in their place.</param>
/// <param name="IsUnsure">Whether the words hardly fit what is sung.</param>
public sealed record TimedPassage(int First, IReadOnlyList<string> Before, IReadOnlyList<LyricsLine> Lines, bool IsUnsure);
