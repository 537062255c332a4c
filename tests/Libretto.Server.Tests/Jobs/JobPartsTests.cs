using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs;

/// <summary>Jobs that work on a passage of another's song.</summary>
public sealed class JobPartsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_part_of_a_song_is_in_no_list_and_goes_with_the_song()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });
        var jobs = server.Services.GetRequiredService<JobStore>();
        var id = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        var song = (await jobs.FindAsync(id, Ct))!;
        var part = await jobs.AddAsync(song with { Id = Job.NewId(), PartOf = id, Options = song.Options with { Passage = new Passage(0, 0.6) } }, Ct);

        Assert.Equal([id], (await jobs.ListAsync(new JobQuery { Limit = 10 }, Ct)).Select(job => job.Id));
        Assert.Equal(new Passage(0, 0.6), (await jobs.FindAsync(part.Id, Ct))!.Options.Passage);
        Assert.True(await jobs.DeleteAsync(id, Ct));
        Assert.Null(await jobs.FindAsync(part.Id, Ct));
    }
}
