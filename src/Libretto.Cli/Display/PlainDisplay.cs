using Libretto.Models;
using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>A line for each step forward: for logs and pipes. A quiet one says only what went wrong.</summary>
internal sealed class PlainDisplay(TextWriter output, bool quiet) : IDisplay
{
    private const double Step = 0.1;

    private string _song = "";
    private string _message = "";
    private double _shown;

    public Task RunAsync(Func<Task> work) => work();

    public void Begin(string song, int number, int count)
    {
        (_song, _message, _shown) = (count > 1 ? $"[{number}/{count}] {song}" : song, "", 0);
    }

    public void Report(SongProgress value)
    {
        if (value.Notice is { } notice)
            Write($"{_song}: {notice}");
        else if (value.Line is { } line)
            Write(DisplayText.Timed(line));
        else if (value.Model is { } model)
            Report(model);
        else
            Advance(value.Message, $"{_song}: {value.Message}", value.Fraction, value.Remaining);
    }

    public void Report(ModelProgress value)
    {
        var share = value.TotalBytes is { } total and > 0 ? (double)value.Bytes / total : 0;
        Advance(value.Step.ToString(), DisplayText.Model(value), share, null);
    }

    public void Succeeded(SongOutcome outcome) => Write(DisplayText.Outcome(outcome));

    public void Failed(string song, LibrettoException error) => ErrorReport.Say(OneLine.Of(error.Message));

    public void Summarise(int done, int failed, int untried)
    {
        if (done + failed + untried > 1)
            Write(DisplayText.Summary(done, failed, untried));
    }

    /// <summary>Writes when something else is being done, or another tenth of it is.</summary>
    private void Advance(string what, string message, double share, TimeSpan? remaining)
    {
        if (what == _message && share < _shown + Step)
            return;
        (_message, _shown) = (what, share);
        Write($"{message} {Math.Floor(share * 100):F0} %{(remaining is { } left ? $", {DisplayText.Left(left)}" : "")}");
    }

    private void Write(string line)
    {
        if (!quiet)
            output.WriteLine(OneLine.Of(line));
    }
}
