using System.Diagnostics;
using System.Text;
using Libretto.Tests.Support;
using Libretto.Tools;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Tools;

public sealed class ToolRunnerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ToolRunner _runner = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Arguments_reach_the_program_as_they_are()
    {
        var (text, _) = await _runner.ReadTextAsync(DummyTool.Tool, ["out:a b; $HOME \"x\" '*' `id`", "out:", "out:ÿ–☃"], null, Token);
        Assert.Equal("a b; $HOME \"x\" '*' `id`\n\nÿ–☃\n", text);
    }

    [Fact]
    public async Task What_goes_in_comes_out_without_a_deadlock()
    {
        const int Size = 3_000_000;
        long read = 0;
        await _runner.RunAsync(
            DummyTool.Tool,
            ["cat"],
            readOutput: async (stream, token) => read = await CountAsync(stream, token),
            writeInput: async (stream, token) => await stream.WriteAsync(new byte[Size], token),
            cancellationToken: Token);
        Assert.Equal(Size, read);
    }

    [Fact]
    public async Task A_flood_of_errors_does_not_block_and_only_its_end_is_kept()
    {
        var errors = await _runner.RunAsync(DummyTool.Tool, ["errflood:2000000", "err:", "err:the last word"], cancellationToken: Token);
        Assert.Equal("the last word", errors[^1]);
        Assert.InRange(errors.Sum(line => line.Length), 0, 8192);
    }

    [Fact]
    public async Task Output_nobody_reads_does_not_block()
        => await _runner.RunAsync(DummyTool.Tool, ["flood:2000000"], cancellationToken: Token);

    [Fact]
    public async Task A_reader_that_stops_early_does_not_fail_the_program()
    {
        await _runner.RunAsync(
            DummyTool.Tool,
            ["flood:2000000"],
            readOutput: async (stream, token) => await stream.ReadExactlyAsync(new byte[10], token),
            cancellationToken: Token);
    }

    [Fact]
    public async Task Input_the_program_does_not_want_is_no_error()
    {
        await _runner.RunAsync(
            DummyTool.Tool, ["exit:0"], writeInput: async (stream, token) => await stream.WriteAsync(new byte[5_000_000], token),
            cancellationToken: Token);
    }

    [Fact]
    public async Task A_program_that_wants_more_memory_than_it_may_have_fails_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is of Linux");
        var error = await Assert.ThrowsAsync<ToolException>(
            () => _runner.RunAsync(DummyTool.Bounded(400_000_000), ["memory:600000000"], cancellationToken: Token));
        Assert.Equal("tool_memory", error.Code);
        Assert.Contains("381 MB", error.Message, StringComparison.Ordinal);
        await _runner.RunAsync(DummyTool.Bounded(400_000_000), ["memory:50000000"], cancellationToken: Token);
    }

    [Fact]
    public async Task A_program_that_talks_without_end_is_stopped()
    {
        var error = await Assert.ThrowsAsync<ToolException>(
            () => _runner.ReadTextAsync(DummyTool.Tool, ["flood:1000000000000"], null, Token));
        Assert.Equal("tool_output", error.Code);
    }

    [Fact]
    public async Task A_failure_says_what_the_program_said()
    {
        var error = await Assert.ThrowsAsync<ToolException>(
            () => _runner.RunAsync(DummyTool.Tool, ["err:first", "err:the disk is on fire", "exit:3"], cancellationToken: Token));

        Assert.Equal(("tool_failed", 3, false), (error.Code, error.ExitCode, error.IsTransient));
        Assert.Equal(["first", "the disk is on fire"], error.ErrorLines);
        Assert.Contains("the disk is on fire", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    public async Task A_killed_program_is_told_apart_and_worth_a_retry(int signal)
    {
        var error = await Assert.ThrowsAsync<ToolException>(
            () => _runner.RunAsync(DummyTool.Tool, [$"kill:{signal}"], cancellationToken: Token));

        Assert.Equal(("tool_killed", true), (error.Code, error.IsTransient));
        Assert.Contains($"signal {signal}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_comes_with_the_line_that_installs_it()
    {
        var runner = new ToolRunner(new ToolLocator(searchPath: _folder.Path));

        var error = await Assert.ThrowsAsync<ToolException>(() => runner.RunAsync(Tool.Ffprobe, [], cancellationToken: Token));

        Assert.Equal("tool_missing", error.Code);
        Assert.Contains("ffprobe is not installed", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("ffmpeg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_said_to_be_none()
    {
        var path = _folder["ffmpeg"];
        await File.WriteAllTextAsync(path, "no program", Token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var runner = new ToolRunner(new ToolLocator(new ToolPaths { Ffmpeg = path }));

        var error = await Assert.ThrowsAsync<ToolException>(() => runner.RunAsync(Tool.Ffmpeg, [], cancellationToken: Token));

        Assert.Equal("tool_missing", error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_program_and_its_children_at_once()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = _runner.RunAsync(
            DummyTool.Tool, ["deaf", $"child:{_folder["child"]}", $"pid:{_folder["pid"]}", "hang"],
            readOutput: async (stream, token) => await CountAsync(stream, token), cancellationToken: cancel.Token);
        var pids = new[] { await NumberInAsync(_folder["pid"]), await NumberInAsync(_folder["child"]) };
        Assert.All(pids, pid => Assert.True(IsRunning(pid)));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(60), Token));

        foreach (var pid in pids)
            await UntilAsync(() => !IsRunning(pid));
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_ended()
    {
        var time = new FakeTimeProvider();
        var runner = new ToolRunner(time: time);
        var run = runner.RunAsync(
            DummyTool.Tool, ["err:still busy", "deaf", $"pid:{_folder["pid"]}", "hang"], timeLimit: TimeSpan.FromMinutes(5), cancellationToken: Token);
        var pid = await NumberInAsync(_folder["pid"]);

        time.Advance(TimeSpan.FromMinutes(5));
        var error = await Assert.ThrowsAsync<ToolException>(() => run.WaitAsync(TimeSpan.FromSeconds(60), Token));

        Assert.Equal(("tool_timeout", true), (error.Code, error.IsTransient));
        await UntilAsync(() => !IsRunning(pid));
    }

    [Fact]
    public async Task An_error_of_the_reader_ends_the_program_and_comes_through()
    {
        var run = _runner.RunAsync(
            DummyTool.Tool, ["out:x", $"pid:{_folder["pid"]}", "hang"],
            readOutput: async (stream, token) =>
            {
                await stream.ReadExactlyAsync(new byte[1], token);
                throw new InvalidDataException("cannot take more");
            },
            cancellationToken: Token);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => run.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Equal("cannot take more", error.Message);
    }

    [Fact]
    public async Task Nothing_starts_once_cancelled()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _runner.RunAsync(DummyTool.Tool, [$"pid:{_folder["pid"]}"], cancellationToken: new CancellationToken(canceled: true)));
        Assert.False(File.Exists(_folder["pid"]));
    }

    [Fact]
    public async Task The_installed_ffmpeg_tells_its_version()
    {
        var status = await _runner.DescribeAsync(Tool.Ffmpeg, Token);
        Assert.True(status.IsReady, status.Problem);
        Assert.Matches(@"^\S*\d", status.Version);
        Assert.True(File.Exists(status.Path));
    }

    [Fact]
    public async Task A_missing_program_is_described_without_an_error()
    {
        var status = await new ToolRunner(new ToolLocator(searchPath: "")).DescribeAsync(Tool.YtDlp, Token);
        Assert.Equal((false, null, null), (status.IsReady, status.Path, status.Version));
        Assert.Contains("yt-dlp", status.Problem, StringComparison.Ordinal);
    }

    private static async Task<long> CountAsync(Stream stream, CancellationToken token)
    {
        var buffer = new byte[8192];
        long total = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer, token)) > 0)
            total += count;
        return total;
    }

    private static async Task<int> NumberInAsync(string file)
    {
        await UntilAsync(() => File.Exists(file));
        return int.Parse(await File.ReadAllTextAsync(file, Token));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }

    /// <summary>A process that ended but was not yet waited for by its parent does not run either.</summary>
    private static bool IsRunning(int pid)
    {
        if (OperatingSystem.IsLinux())
            return File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat", Encoding.UTF8).Contains(") Z ", StringComparison.Ordinal);
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
