using Libretto.Server.Jobs.Work;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>What is left when the real process is stopped or killed, and what the next one makes of it.</summary>
public sealed class ProcessDeathTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Data => _folder["data"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_every_checkpoint_in_turn_the_next_start_completes_the_job(bool onPostgres)
    {
        var database = onPostgres ? await cluster.CreateDatabaseAsync() : null;
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        string id;
        // By a process that works on nothing: another might die of it before it answers.
        await using (var taker = await LibrettoProcess.ServeAsync(Data, port, database, "--role api", ("LIBRETTO_TEST_SETUP", "1")))
        {
            id = await client.PostAsync(TestAudio.Tone(_folder, 1));
            await taker.StopAsync();
        }
        for (var checkpoint = Checkpoints.Claimed; checkpoint <= Checkpoints.Completed; checkpoint++)
        {
            await using var doomed = await LibrettoProcess.ServeAsync(
                Data, port, database, environment: [("LIBRETTO_TEST_SETUP", "1"), ("LIBRETTO_FAILPOINT", $"{checkpoint}")]);
            await doomed.ExitAsync();
        }

        await using var last = await LibrettoProcess.ServeAsync(Data, port, database);
        var job = await client.FinishAsync(id);

        Assert.Equal("completed", job.Text("status"));
        Assert.Equal(100, job.Number("pct"));
        Assert.Equal(Checkpoints.Completed - 1, job.Number("takeovers"));
        Assert.Equal(0, job.Number("attempts"));
        Assert.Equal(200, (int)(await client.GetAsync(job.Text("results_url"))).Status);
        Assert.Equal(0, await last.StopAsync());
        Assert.Empty(TemporaryFiles(Data));
    }

    [Fact]
    public async Task Killed_after_a_stage_the_next_worker_goes_on_from_its_result()
    {
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        await using var doomed = await LibrettoProcess.ServeAsync(
            Data, port, environment: [("LIBRETTO_TEST_SETUP", "1"), ("LIBRETTO_FAILPOINT", $"{Checkpoints.LyricsMade}")]);
        var id = await client.PostAsync(Samples.TwoLines);
        await doomed.ExitAsync();

        await using var next = await LibrettoProcess.ServeAsync(Data, port);
        var job = await client.FinishAsync(id);

        Assert.Equal(("completed", 1), (job.Text("status"), job.Number("takeovers")));
        var heard = job.GetProperty("progress_log").EnumerateArray().Last(step => step.Text("step") == "transcribe");
        Assert.Equal(("completed", "cache"), (heard.Text("status"), heard.Text("method")));
        Assert.Equal("moonshine/tiny", job.Text("processing_method"));
        var steps = (await client.GetAsync($"/api/jobs/{id}/steps")).Json.GetProperty("steps").EnumerateArray();
        Assert.Equal("found in the cache", steps.Single(step => step.Text("step") == "transcribe").Text("method_text"));
    }

    [Fact]
    public async Task A_graceful_stop_leaves_no_job_running_and_the_next_start_goes_on()
    {
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        var first = await LibrettoProcess.ServeAsync(Data, port);
        var id = await client.PostAsync(LongSpeech());
        await client.BegunAsync(id);

        Assert.Equal(0, await first.StopAsync());

        await first.DisposeAsync();
        Assert.Empty(TemporaryFiles(Data));
        await using var idle = await LibrettoProcess.ServeAsync(Data, port, arguments: "--role api");
        var left = await client.JobAsync(id);
        Assert.Equal("queued", left.Text("status"));
        Assert.Equal((0, 0), (left.Number("attempts"), left.Number("takeovers")));
        await idle.StopAsync();
        await using var next = await LibrettoProcess.ServeAsync(Data, port);
        Assert.Equal("running", (await client.BegunAsync(id)).Text("status"));
    }

    [Fact]
    public async Task The_commands_of_the_readme_work()
    {
        var readme = await File.ReadAllTextAsync(Repository.File("README.md"), Ct);
        var script = readme.Split("<!-- serve -->\n```sh\n")[1].Split("```")[0];
        // The README's own address and file; the server is the one built beside the tests.
        var port = PostgresCluster.FreePort();
        await using var server = await LibrettoProcess.ServeAsync(Data, port);
        var commands = string.Join('\n', script.Split('\n').Where(line => !line.StartsWith("./libretto serve", StringComparison.Ordinal)))
            .Replace("127.0.0.1:5400", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("song.mp3", Samples.TwoLines, StringComparison.Ordinal);

        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var shell = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(Ct), shell.StandardError.ReadToEndAsync(Ct));
        await shell.WaitForExitAsync(Ct);

        Assert.True(shell.ExitCode == 0, await errors);
        Assert.Contains("\"pct\":100", await output, StringComparison.Ordinal);
        Assert.Contains("birds", await File.ReadAllTextAsync(_folder["song.json"], Ct), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("[", await File.ReadAllTextAsync(_folder["song.lrc"], Ct), StringComparison.Ordinal);
        Assert.StartsWith("WEBVTT", await File.ReadAllTextAsync(_folder["song.vtt"], Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_is_a_client_too()
    {
        var port = PostgresCluster.FreePort();
        await using var server = await LibrettoProcess.ServeAsync(Data, port);
        (string, string)[] there = [("LIBRETTO_SERVER", $"http://127.0.0.1:{port}")];

        var submitted = await LibrettoProcess.RunAsync(["jobs", "submit", TestAudio.Tone(_folder, 1), "--watch"], there);
        var id = submitted.Output.Trim();
        var listed = await LibrettoProcess.RunAsync(["jobs", "list"], there);
        var fetched = await LibrettoProcess.RunAsync(["jobs", "fetch", id, "--format", "vtt"], there);
        var late = await LibrettoProcess.RunAsync(["jobs", "cancel", id], there);
        var gone = await LibrettoProcess.RunAsync(["jobs", "list", "--server", "http://127.0.0.1:1"]);

        Assert.Equal(0, submitted.ExitCode);
        Assert.Contains("100 %", submitted.Errors, StringComparison.Ordinal);
        Assert.Contains(id, listed.Output, StringComparison.Ordinal);
        Assert.StartsWith("WEBVTT", fetched.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, late.ExitCode);
        Assert.Contains("completed already", late.Errors, StringComparison.Ordinal);
        Assert.Equal(5, gone.ExitCode);
        Assert.Contains("libretto serve", gone.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_a_job_goes_on_when_the_server_was_killed_and_started_again()
    {
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        // Nobody here does what the job asks for.
        await using var doomed = await LibrettoProcess.ServeAsync(Data, port, arguments: "--lanes io");
        var id = await client.PostAsync(TestAudio.Tone(_folder, 1));
        await using var watch = await LibrettoProcess.SayingAsync(" %", ["jobs", "watch", id], ("LIBRETTO_SERVER", $"http://127.0.0.1:{port}"));

        await doomed.KillAsync();
        await using var next = await LibrettoProcess.ServeAsync(Data, port);
        await watch.ExitAsync();

        Assert.Equal(0, watch.ExitCode);
        Assert.Contains(watch.Log, line => line.Contains("100 %", StringComparison.Ordinal));
    }

    internal static IEnumerable<string> TemporaryFiles(string data) =>
        new[] { "work", "store/incoming" }.Select(name => Path.Combine(data, name)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));

    private string LongSpeech() => TestAudio.Ffmpeg(
        _folder["long.wav"], "-stream_loop", "-1", "-i", Samples.TwoLines, "-t", "300");
}
