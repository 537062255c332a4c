using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Jobs.Work;

public sealed class WorkFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_that_cannot_write_its_temporary_files_fails_the_job_at_once_and_says_why()
    {
        var options = new ServerOptions { DataFolder = _folder["data"], Role = "api" };
        await using var server = await RunningServer.StartAsync(options);
        var id = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        await using var worker = await RunningServer.StartAsync(options with { Role = "worker", Lanes = ["compute"] }, beforeStart: work =>
        {
            Directory.Delete(work, recursive: true);
            File.WriteAllText(work, "a file where the folder should be");
        });

        var job = await server.Client.FinishAsync(id);

        Assert.Equal(("failed", "work_folder_unwritable", 0), (job.Text("status"), job.Text("error_code"), job.Number("takeovers")));
        Assert.Contains("cannot write its temporary files", job.Text("error_message"), StringComparison.Ordinal);
    }
}
