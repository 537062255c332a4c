using System.Text;
using Libretto.Tools;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Tests.Support;

/// <summary>A site on the loopback with pages that play songs.</summary>
internal sealed class LinkSite : IAsyncDisposable
{
    private readonly LocalServer _server;

    private LinkSite(LocalServer server) => _server = server;

    public int Port => _server.Address.Port;

    /// <summary>How often a path was asked for.</summary>
    public int Asked(string path) => _server.Requests.Count(request => request == $"GET {path}");

    public int AskedAltogether => _server.Requests.Count;

    public static async Task<LinkSite> StartAsync() => new(await LocalServer.StartAsync());

    public string Address(string path) => new Uri(_server.Address, path).AbsoluteUri;

    public void Map(string path, Func<HttpContext, Task> answer) => _server.Map(path, answer);

    public void ServePage(string path, string title, string media) => ServeBytes(
        path, "text/html", Encoding.UTF8.GetBytes($"<html><head><title>{title}</title></head><body><audio src=\"{media}\"></audio></body></html>"));

    public void ServeBytes(string path, string type, byte[] content) => Map(path, context => SendAsync(context, type, content));

    public static async Task SendAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(content);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Skips the test, counted, where yt-dlp is not installed.</summary>
    public static async Task NeedYtDlpAsync() =>
        Assert.SkipUnless((await new ToolRunner().DescribeAsync(Tool.YtDlp)).IsReady, "yt-dlp is not installed (apt-get install yt-dlp)");

    /// <summary>A program in the place of yt-dlp that fails with a message; it writes a line into a file each time.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="name">Its name.</param>
    /// <param name="message">What it says.</param>
    /// <param name="waitsFor">A file without which it does not end; null for none.</param>
    public static string Failing(ScratchFolder folder, string name, string message, string? waitsFor = null)
    {
        var path = folder[name];
        var wait = waitsFor is null ? "" : $"while [ ! -e '{waitsFor}' ]; do sleep 0.1; done\n";
        File.WriteAllText(path, $"#!/bin/sh\necho run >> '{path}.runs'\n{wait}echo 'ERROR: {message}' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>How often such a program ran.</summary>
    public static int Runs(string program) => File.Exists(program + ".runs") ? File.ReadAllLines(program + ".runs").Length : 0;
}
