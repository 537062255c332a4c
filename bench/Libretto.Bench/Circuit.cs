using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Bench;

/// <summary>
/// A view of the page as the server knows one: what a browser's blazor.web.js says to it, without a browser. It takes every render batch and
/// says that it is drawn, answers calls of scripts with nothing, and counts.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private readonly HubConnection _hub;

    private Circuit(HubConnection hub) => _hub = hub;

    /// <summary>Render batches so far.</summary>
    public int Batches { get; private set; }

    /// <summary>Bytes of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>The newest batch's text.</summary>
    public string Latest { get; private set; } = "";

    /// <summary>Opens a view, as a browser does: the document first, then the connection, then the components that the document marks.</summary>
    public static async Task<Circuit> OpenAsync(HttpClient http, string path)
    {
        var address = new Uri(http.BaseAddress!, path);
        var html = await http.GetStringAsync(address);
        var state = State().Match(html).Groups["state"].Value;
        var operations = new JsonArray([.. Marker().Matches(html).Select(match => JsonNode.Parse(match.Groups["json"].Value)!)
            .Where(marker => marker["type"]?.GetValue<string>() == "server")
            .Select((marker, i) => new JsonObject { ["type"] = "add", ["ssrComponentId"] = i + 1, ["marker"] = marker })]);

        var builder = new HubConnectionBuilder().WithUrl(new Uri(http.BaseAddress!, "_blazor"), options =>
        {
            options.Transports = HttpTransportType.WebSockets;
            options.SkipNegotiation = true;
        });
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        var hub = builder.Build();
        var circuit = new Circuit(hub);
        hub.On<int, byte[]>("JS.RenderBatch", circuit.DrawAsync);
        hub.On<int, string, string, int, int, int>("JS.BeginInvokeJS", (task, _, _, _, _, _) => circuit.AnswerAsync(task));
        foreach (var told in (string[])["JS.AttachComponent", "JS.EndUpdateRootComponents", "JS.EndInvokeDotNet", "JS.Error"])
            hub.On(told, [typeof(object), typeof(object)], _ => Task.CompletedTask);
        await hub.StartAsync();
        var id = await hub.InvokeAsync<string>("StartCircuit", http.BaseAddress!.AbsoluteUri, address.AbsoluteUri, "[]", state);
        if (string.IsNullOrEmpty(id))
            throw new InvalidOperationException("The server opened no circuit.");
        await hub.SendAsync("UpdateRootComponents", new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString(), state);
        return circuit;
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private async Task DrawAsync(int id, byte[] batch)
    {
        Batches++;
        Bytes += batch.Length;
        Latest = System.Text.Encoding.UTF8.GetString(batch);
        await _hub.SendAsync("OnRenderCompleted", id, (string?)null);
    }

    private Task AnswerAsync(int task) => task == 0 ? Task.CompletedTask : _hub.SendAsync("EndInvokeJSFromDotNet", task, true, $"[{task},true,null]");

    [GeneratedRegex("<!--Blazor:(?<json>\\{.*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>.*?)-->")]
    private static partial Regex State();

    /// <summary>Blazor's own name for SignalR's MessagePack.</summary>
    private sealed class BlazorPack : IHubProtocol
    {
        private readonly MessagePackHubProtocol _pack = new();

        public string Name => "blazorpack";

        public int Version => _pack.Version;

        public TransferFormat TransferFormat => _pack.TransferFormat;

        public bool IsVersionSupported(int version) => _pack.IsVersionSupported(version);

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _pack.GetMessageBytes(message);

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _pack.WriteMessage(message, output);

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
            _pack.TryParseMessage(ref input, binder, out message);
    }
}
