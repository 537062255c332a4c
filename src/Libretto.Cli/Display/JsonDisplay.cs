using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Models;
using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>A JSON object a line, for programs; docs/progress.md lists the events.</summary>
internal sealed class JsonDisplay(TextWriter output) : IDisplay
{
    private const double Step = 0.01;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private string _song = "";
    private string _message = "";
    private double _shown = double.NegativeInfinity;

    public Task RunAsync(Func<Task> work) => work();

    public void Begin(string song, int number, int count)
    {
        (_song, _message, _shown) = (song, "", double.NegativeInfinity);
        Write(new { Event = "begin", Song = song, Number = number, Count = count });
    }

    public void Report(SongProgress value)
    {
        if (value.Notice is { } notice)
            Write(new { Event = "notice", Song = _song, Message = notice });
        else if (value.Line is { } line)
            Write(new { Event = "line", Song = _song, Line = line });
        else if (value.Model is { } model)
            Report(model);
        else if (IsNews(value.Message, value.Fraction))
            Write(new
            {
                Event = "progress",
                Song = _song,
                Stage = value.Stage.ToString().ToLowerInvariant(),
                Fraction = Math.Round(value.Fraction, 4),
                value.Message,
                value.Method,
                Remaining = value.Remaining is { } left ? Math.Round(left.TotalSeconds, 1) : (double?)null,
            });
    }

    public void Report(ModelProgress value)
    {
        var share = value.TotalBytes is { } total and > 0 ? (double)value.Bytes / total : 0;
        if (IsNews(value.Step.ToString(), share))
            Write(new { Event = "model", value.Model, Step = value.Step.ToString().ToLowerInvariant(), value.Bytes, value.TotalBytes });
    }

    public void Succeeded(SongOutcome outcome) => Write(new
    {
        Event = "done",
        outcome.Song,
        outcome.Files,
        outcome.Lines,
        outcome.Words,
        Duration = Math.Round(outcome.Duration.TotalSeconds, 3),
        Taken = Math.Round(outcome.Taken.TotalSeconds, 3),
    });

    public void Failed(string song, LibrettoException error) => Write(new
    {
        Event = "failed",
        Song = song,
        error.Code,
        error.Message,
        Transient = error.IsTransient,
        ExitCode = ExitCodes.Of(error),
    });

    public void Summarise(int done, int failed, int untried) =>
        Write(new { Event = "end", Done = done, Failed = failed, NotTried = untried });

    private bool IsNews(string message, double share)
    {
        if (message == _message && share < _shown + Step && share < 1)
            return false;
        (_message, _shown) = (message, share);
        return true;
    }

    private void Write(object value) => output.WriteLine(JsonSerializer.Serialize(value, s_options));
}
