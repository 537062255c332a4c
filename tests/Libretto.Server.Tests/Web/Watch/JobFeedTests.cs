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

    [Fact]
    public async Task A_view_that_fails_keeps_no_other_from_being_told()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });
        var id = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        var feed = server.Services.GetRequiredService<JobFeed>();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        using var broken = feed.Watch(id, _ =>
        {
            failed.TrySetResult();
            throw new InvalidOperationException("this view is broken");
        });
        await failed.Task.WaitAsync(Ct);
        using var other = feed.Watch(id, moment =>
        {
            if (moment.Job?.Status == "cancelled")
                told.TrySetResult();
            return Task.CompletedTask;
        });
        await server.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");

        await told.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
    }
}
