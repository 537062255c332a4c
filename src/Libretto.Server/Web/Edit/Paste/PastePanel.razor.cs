using Libretto.Lyrics;
using Libretto.Lyrics.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Mark = Libretto.Server.Web.Edit.Paste.DifferenceLines.WordMark;

namespace Libretto.Server.Web.Edit.Paste;

public sealed partial class PastePanel : ComponentBase
{
    // More than a song has; beyond, a browser would only be kept busy.
    private const int MostParts = 300;

    private IReadOnlyList<LyricsPart>? _parts;
    private LyricsDocument? _other;
    private HeldTimes _times;
    private IReadOnlyList<string> _notices = [];
    private readonly HashSet<int> _taken = [];
    private string? _trouble;
    private bool _hasOpened;
    private ElementReference _summary;

    /// <summary>The song's lyrics.</summary>
    [Parameter, EditorRequired]
    public LyricsDocument Document { get; set; } = default!;

    /// <summary>Gives the text that was typed or pasted, which may be longer than what a view is sent by itself.</summary>
    [Parameter, EditorRequired]
    public Func<Task<string>> Typed { get; set; } = default!;

    /// <summary>Whether the text is there already, pasted onto the words: what differs is shown at once.</summary>
    [Parameter]
    public bool IsPasted { get; set; }

    /// <summary>Told the lyrics with what was taken; the same where nothing was.</summary>
    [Parameter]
    public EventCallback<LyricsDocument> Taken { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    private bool IsFirst => Document.Lines.Count == 0;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && IsPasted)
        {
            await ReadTextAsync();
            StateHasChanged();
        }
        if (_parts is null || _hasOpened)
            return;
        _hasOpened = true;
        await _summary.FocusAsync();
    }

    private async Task ReadTextAsync()
    {
        try
        {
            await CompareAsync(LyricsReader.Read(await Typed()));
        }
        catch (LyricsFormatException e)
        {
            _trouble = e.Message;
        }
    }

    private async Task ReadFileAsync(InputFileChangeEventArgs chosen)
    {
        try
        {
            if (chosen.File.Size > LyricsReader.LargestFile)
                throw new LyricsFormatException(ErrorKind.TooLarge, "lyrics_too_large",
                    $"This file is larger than {LyricsReader.LargestFile / 1_000_000} MB, which no lyrics are. Choose those of one song.");
            using var bytes = new MemoryStream();
            await using (var file = chosen.File.OpenReadStream(LyricsReader.LargestFile))
                await file.CopyToAsync(bytes);
            await CompareAsync(LyricsReader.Read(bytes.ToArray(), chosen.File.Name));
        }
        catch (Exception e) when (e is LyricsFormatException or IOException)
        {
            _trouble = e.Message;
        }
    }

    private async Task CompareAsync(LyricsReading reading)
    {
        _trouble = null;
        LyricsReader.WithWords(reading);
        (_other, _times, _notices, _hasOpened) = (reading.Document, LyricsPaste.TimesOf(reading), reading.Notices, false);
        _parts = LyricsDifference.Of(Document, _other, _times);
        ChooseAll(true);
        if (IsFirst)
            await TakeAsync();
    }

    private async Task TakeAsync()
    {
        var chosen = _parts!.Where((_, i) => _taken.Contains(i)).ToHashSet<LyricsPart>(ReferenceEqualityComparer.Instance);
        await Taken.InvokeAsync(LyricsPaste.Take(Document, _other!, _parts!, chosen.Contains, _times));
    }

    private void ChooseAll(bool areTaken)
    {
        _taken.Clear();
        if (areTaken)
            _taken.UnionWith(_parts!.Select((part, i) => (part, i)).Where(one => !one.part.IsSame).Select(one => one.i));
    }

    private void Choose(int part, bool isTaken)
    {
        if (isTaken)
            _taken.Add(part);
        else
            _taken.Remove(part);
    }

    private static int Differing(IReadOnlyList<LyricsPart> parts) => parts.Count(part => !part.IsSame);

    private string Summary(IReadOnlyList<LyricsPart> parts)
    {
        if (Differing(parts) == 0)
            return _other!.Sections is { Count: > 0 } || _other.Lines.Any(line => line.Stanza == true)
                ? "The words are those that are there. Blank lines and headings can be taken."
                : "The words are those that are there.";
        var pairs = parts.SelectMany(part => part.Pairs).ToList();
        var (kept, come, go) = (pairs.Count(pair => pair.IsAlike), pairs.Count(pair => pair.After is not null && !pair.IsAlike),
            pairs.Count(pair => pair.Before is not null && !pair.IsAlike));
        var others = $"{come} {(come == 1 ? "is" : "are")} new, {go} go{(go == 1 ? "es" : "")}";
        return _times == HeldTimes.None
            ? $"{Words(kept)} {(kept == 1 ? "keeps its time" : "keep their times")}, {others}."
            : $"{Words(kept)} {(kept == 1 ? "is" : "are")} in both, {others}; what is taken brings its own times.";
    }

    private static string KindOf(LyricsPart part) =>
        part.IsRetimed ? $"Other times for {Lines(part.After.Count)}, by up to {Furthest(part):0.00} s"
        : part.Before.Count == 0 ? $"{Lines(part.After.Count)} new"
        : part.After.Count == 0 ? $"{Lines(part.Before.Count)} {(part.Before.Count == 1 ? "goes" : "go")}"
        : part.Before.Count == part.After.Count ? $"{Lines(part.Before.Count)} changed"
        : $"{Lines(part.Before.Count)} become{(part.Before.Count == 1 ? "s" : "")} {part.After.Count}";

    private static double Furthest(LyricsPart part) => part.Before.SelectMany(line => line.Words)
        .Zip(part.After.SelectMany(line => line.Words))
        .Max(words => Math.Max(Math.Abs(words.First.Start - words.Second.Start), Math.Abs(words.First.End - words.Second.End)));

    private static string Lines(int count) => count == 1 ? "1 line" : $"{count} lines";

    private static string Words(int count) => count == 1 ? "1 word" : $"{count} words";

    private static Dictionary<int, Mark> Marks(LyricsPart part, bool isBefore)
    {
        var (before, after) = (part.Before.SelectMany(line => line.Words).ToList(), part.After.SelectMany(line => line.Words).ToList());
        var marks = new Dictionary<int, Mark>();
        foreach (var pair in part.Pairs)
            if ((isBefore ? pair.Before : pair.After) is { } number)
                marks[number] = !pair.IsAlike ? Mark.Alone
                    : before[pair.Before!.Value].Text == after[pair.After!.Value].Text ? Mark.None : Mark.Rewritten;
        return marks;
    }
}
