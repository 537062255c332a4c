using Libretto.Models;
using Libretto.Pipeline;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Libretto.Cli.Display;

/// <summary>A bar that moves at the foot of the terminal, with the words above it as they are recognised.</summary>
internal sealed class LiveDisplay(IAnsiConsole console) : IDisplay
{
    private ProgressContext? _context;
    private ProgressTask? _task;
    private string _song = "";
    private string _left = "";
    private string? _next;

    public Task RunAsync(Func<Task> work) => console.Progress()
        .AutoClear(true)
        .Columns(
            new SpinnerColumn(),
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            new TextColumn(() => _left))
        .StartAsync(async context =>
        {
            _context = context;
            await work();
        });

    public void Begin(string song, int number, int count)
    {
        _song = count > 1 ? $"[{number}/{count}] {NameOf(song)}" : NameOf(song);
        End();
        _task = _context?.AddTask(Markup.Escape(_song), maxValue: 1);
    }

    public void Report(SongProgress value)
    {
        if (value.Notice is { } notice)
            console.Write(new Text(OneLine.Of(notice) + Environment.NewLine, new Style(Color.Grey)));
        else if (value.Line is { } line)
            console.WriteLine(OneLine.Of(DisplayText.Timed(line)));
        else if (value.Model is { } model)
            Report(model);
        else
            Advance($"{_song}  {value.Message}", value.Fraction, value.Remaining);
    }

    public void Report(ModelProgress value)
    {
        _task ??= _context?.AddTask("", maxValue: 1);
        var share = value.TotalBytes is { } total and > 0 ? (double)value.Bytes / total : 0;
        Advance(DisplayText.Model(value), share, null);
    }

    public void Succeeded(SongOutcome outcome)
    {
        End();
        console.Write(new Text(OneLine.Of(DisplayText.Outcome(outcome)) + Environment.NewLine, new Style(Color.Green)));
        _next = DisplayText.Next(outcome);
    }

    public void Failed(string song, LibrettoException error)
    {
        End();
        console.Write(new Text($"libretto: {OneLine.Of(error.Message)}{Environment.NewLine}", new Style(Color.Red)));
    }

    public void Summarise(int done, int failed, int untried)
    {
        End();
        if (done + failed + untried > 1)
            console.WriteLine(DisplayText.Summary(done, failed, untried));
        if (_next is not null)
            console.Write(new Text(OneLine.Of(_next) + Environment.NewLine, new Style(Color.Grey)));
    }

    private void Advance(string what, double share, TimeSpan? remaining)
    {
        _left = remaining is { } left ? DisplayText.Left(left) : "";
        if (_task is null)
            return;
        _task.Description = Markup.Escape(what);
        _task.Value = share;
    }

    private static string NameOf(string song) => OneLine.Of(Path.GetFileName(song));

    private void End()
    {
        if (_task is not null)
            _context?.RemoveTask(_task);
        (_task, _left) = (null, "");
    }

    private sealed class TextColumn(Func<string> text) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(text());
    }
}
