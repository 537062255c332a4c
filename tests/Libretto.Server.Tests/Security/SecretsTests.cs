using System.Net.Http.Headers;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Security;

public sealed class SecretsTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_log_and_no_answer_holds_a_secret_of_the_configuration_or_a_key()
    {
        var database = (await cluster.CreateDatabaseAsync()).Replace("postgres@", "postgres:secret-of-database@", StringComparison.Ordinal);
        (string, string)[] environment =
        [
            ("LIBRETTO_LOG", "json"), ("GROQ_API_KEY", "secret-of-groq"), ("OPENAI_API_KEY", "secret-of-openai"), ("HF_TOKEN", "secret-of-hub"),
            ("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret-of-store"), ("LIBRETTO_HOSTED", """{"groq":{"url":"http://127.0.0.1:1/v1"}}"""),
        ];
        var created = await LibrettoProcess.RunAsync(["keys", "create", "--name", "anna", "--admin", "--database", database], environment);
        var key = created.Output.Trim();
        var port = PostgresCluster.FreePort();
        await using var process = await LibrettoProcess.ServeAsync(_folder["data"], port, database, environment: [.. environment, ("LIBRETTO_ENGINE", "groq")]);
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        var answers = new List<Answer>();

        client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "lib_wrong_secret-of-stranger");
        answers.Add(await client.GetAsync("/api/jobs"));
        client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        // The hosted engine cannot be reached, which is told in the job's steps and in the log; then it would be tried again.
        var id = await client.PostAsync(TestAudio.Tone(_folder, 1));
        while (!process.Log.Any(line => line.Contains("groq cannot be reached", StringComparison.Ordinal)))
            await Task.Delay(100, TestContext.Current.CancellationToken);
        foreach (var path in (string[])[$"/api/jobs/{id}", $"/api/jobs/{id}/steps", "/health/ready", "/api/jobs", "/hangfire/servers"])
            answers.Add(await client.GetAsync(path));
        await cluster.DisconnectAsync(database);
        for (var i = 0; i < 50 && !process.Log.Any(line => line.Contains("database", StringComparison.OrdinalIgnoreCase)); i++)
            await Task.Delay(200, TestContext.Current.CancellationToken);
        answers.Add(await client.GetAsync($"/api/jobs/{id}"));
        await process.StopAsync();
        var refused = await LibrettoProcess.RunAsync(["serve", "--data", _folder["data"], "--database", $"{database}_that_is_not_there"], environment);

        var said = string.Join('\n', process.Log.Append(refused.Errors).Concat(answers.Select(answer => answer.Text)));
        Assert.Contains(id, said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", said, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_')[2], said, StringComparison.Ordinal);
    }
}
