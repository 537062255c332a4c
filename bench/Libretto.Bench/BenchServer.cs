using System.Text.Json;
using Libretto.Server;
using Libretto.Server.Jobs.Workers;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Bench;

/// <summary>The job service in this process, on a free port.</summary>
internal sealed class BenchServer(WebApplication app, TemporaryFolder work) : IAsyncDisposable
{
    /// <summary>PostgreSQL where DATABASE_URL names one; null for SQLite.</summary>
    public static string? Database { get; } = Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } url ? url : null;

    public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public HttpClient Http => field ??= new HttpClient { BaseAddress = new Uri(Address) };

    public IServiceProvider Services => app.Services;

    public static async Task<BenchServer> StartAsync(string folder, string role, LibrettoSettings? settings = null, Capabilities? capabilities = null)
    {
        var options = new ServerOptions { DataFolder = folder, Database = Database, Role = role, Capabilities = capabilities, Urls = ["http://127.0.0.1:0"], Log = "warning" }.Validated();
        var work = new TemporaryFolder(options.WorkFolder);
        var app = LibrettoServer.Build(options, settings, work);
        await LibrettoServer.MigrateAsync(app.Services, options, default);
        await app.StartAsync();
        return new BenchServer(app, work);
    }

    public async Task<string> PostAsync(string file, string options = "{}")
    {
        using var form = new MultipartFormDataContent { { new StringContent(options), "options" } };
        form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", "song.wav");
        using var answer = await Http.PostAsync("/api/jobs", form);
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
    }

    public async Task FinishAsync(string id) => await Http.GetStringAsync($"/api/jobs/{id}/events");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        work.Dispose();
    }
}
