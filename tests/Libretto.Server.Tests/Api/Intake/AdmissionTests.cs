using System.Net;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api.Intake;

public sealed class AdmissionTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_server_says_when_to_come_back_and_takes_nothing_it_cannot_tell_of()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api", QueueLimit = 1 });
        var song = TestAudio.Tone(_folder, 0.5);

        var unheard = await server.Client.TryPostAsync(song, """{"webhook":"https://example.com/told"}""");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "webhooks_off"), (unheard.Status, unheard.Problem()));
        var nonsense = await server.Client.TryPostAsync(song, """{"webhook":"file:///etc/passwd"}""");
        Assert.Equal("option_invalid", nonsense.Problem());
        Assert.Equal("option_invalid", (await server.Client.TryPostAsync(song, """{"priority":11}""")).Problem());

        await server.Client.PostAsync(song);
        var refused = await server.Client.TryPostAsync(song);

        Assert.Equal((HttpStatusCode.TooManyRequests, "queue_full"), (refused.Status, refused.Problem()));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 300);
    }
}
