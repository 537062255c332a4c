using System.Diagnostics;
using System.Text.Json;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api.Players;

/// <summary>The Model Context Protocol's own client from npm, and players that ask as they ask LRCLIB.</summary>
public sealed class McpTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_lists_the_tools_and_calls_them()
    {
        var folder = await InstallAsync();
        var id = await FinishedAsync();
        var address = new Uri(server.Client.Http.BaseAddress!, "/mcp").AbsoluteUri;
        using var process = Process.Start(new ProcessStartInfo("node", ["tools.mjs", address, id])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, await errors);

        var said = JsonElement.Parse(await output);
        Assert.Equal("libretto", said.Text("server"));
        Assert.Equal(["align", "lyrics", "status", "transcribe"], said.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()));
        Assert.Equal("completed", JsonElement.Parse(said.GetProperty("status").Text("text")).Text("status"));
        Assert.Contains("birds", said.GetProperty("lyrics").Text("text"), StringComparison.Ordinal);
        foreach (var (refusal, why) in new[] { ("unknown", "no such job"), ("refused", "address"), ("format", "no lyrics format") })
        {
            Assert.True(said.GetProperty(refusal).GetProperty("isError").GetBoolean());
            Assert.Contains(why, said.GetProperty(refusal).Text("text"), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Players_find_lyrics_as_at_lrclib()
    {
        await FinishedAsync();
        const string Names = "track_name=Morning%20light&artist_name=The%20Birds";
        var found = JsonElement.Parse((await server.Client.GetAsync($"/lrclib/api/get?{Names}&album_name=x&duration=12")).Text);
        Assert.Equal(("Morning Light", "The Birds"), (found.Text("trackName"), found.Text("artistName")));
        Assert.StartsWith("[ti:Morning Light]", found.Text("syncedLyrics"), StringComparison.Ordinal);
        Assert.Contains("birds", found.Text("plainLyrics"), StringComparison.Ordinal);
        Assert.Contains("words:", found.Text("lyricsfile"), StringComparison.Ordinal);
        Assert.False(found.GetProperty("instrumental").GetBoolean());

        var missing = await server.Client.GetAsync($"/lrclib/api/get?{Names}&duration=40");
        Assert.Equal((404, "TrackNotFound"), ((int)missing.Status, JsonElement.Parse(missing.Text).Text("name")));
        Assert.NotEqual(0, JsonElement.Parse((await server.Client.GetAsync("/lrclib/api/search?q=birds%20morning")).Text).GetArrayLength());
        Assert.Equal(0, JsonElement.Parse((await server.Client.GetAsync("/lrclib/api/search?q=birds%20evening")).Text).GetArrayLength());
    }

    private async Task<string> FinishedAsync()
    {
        var id = await server.Client.PostAsync(Samples.TwoLines, options: """{"title":"Morning Light","artist":"The Birds"}""");
        await foreach (var (_, _, state) in server.Client.WatchAsync(id))
            if (state.Text("status") is not ("queued" or "running"))
                Assert.Equal("completed", state.Text("status"));
        return id;
    }

    /// <summary>The npm client, fetched once by its lock file; skips the test, counted, where that cannot be done.</summary>
    private static async Task<string> InstallAsync()
    {
        var source = Repository.File("tests", "Libretto.Server.Tests", "McpNode");
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "mcp-node")).FullName;
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!File.Exists(Path.Combine(folder, "node_modules", "@modelcontextprotocol", "sdk", "package.json")))
        {
            try
            {
                using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--silent", "--no-audit", "--no-fund"]) { WorkingDirectory = folder })!;
                await npm.WaitForExitAsync(Ct);
                Assert.SkipUnless(npm.ExitCode == 0, "npm cannot fetch the protocol's client");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("node and npm are not installed");
            }
        }
        return folder;
    }
}
