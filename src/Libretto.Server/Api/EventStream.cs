using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Libretto.Server.Api;

/// <summary>Server-sent events, written by the framework. A client that reads nothing is ended by Kestrel's least response rate.</summary>
internal static class EventStream
{
    /// <summary>The answer that writes each event as soon as it is there.</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">Ends when nothing more is to be told.</param>
    public static ServerSentEventsResult<string> Of(HttpContext context, IAsyncEnumerable<SseItem<string>> events)
    {
        // nginx would keep events until its buffer is full.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(events);
    }

    /// <summary>
    /// Writes a comment, which the framework's writer has no form for: it keeps proxies from closing a quiet connection, shows that the
    /// client is gone, and sends the headers. To be called by the source of the events, between two of them.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="comment">One line, which clients drop.</param>
    /// <param name="ct">Stops writing.</param>
    public static async Task CommentAsync(HttpContext context, string comment, CancellationToken ct)
    {
        await context.Response.WriteAsync($": {comment}\n\n", ct);
        await context.Response.Body.FlushAsync(ct);
    }
}
