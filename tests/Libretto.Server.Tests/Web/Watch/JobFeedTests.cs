using Libretto.Server.Tests.Support;
using Libretto.Server.Web.Watch;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Web.Watch;

public sealed class JobFeedTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_watches_a_song_that_nobody_is_there_for_is_told_so()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });
        var id = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        var told = new TaskCompletionSource<JobMoment>(TaskCreationOptions.RunContinuationsAsynchronously);

        using var watch = server.Services.GetRequiredService<JobFeed>().Watch(id, moment =>
        {
            if (moment.WaitsInVain)
                told.TrySetResult(moment);
            return Task.CompletedTask;
        });

        Assert.Equal("waiting for a worker; none is running", JobCard.Of(await told.Task.WaitAsync(Ct)).Message);
    }
}
