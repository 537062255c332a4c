using System.ClientModel;
using System.Diagnostics;
using System.Text.Json;
using Libretto.Server.Tests.Support;
using OpenAI;
using OpenAI.Audio;

namespace Libretto.Server.Tests.Api.OpenAi;

/// <summary>OpenAI's own clients, unchanged but for the address.</summary>
public sealed class OpenAiClientTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Uri Address => new(server.Client.Http.BaseAddress!, "/v1");

    [Fact]
    public async Task The_dotnet_client_gets_text_words_and_segments()
    {
        var client = Client();
        var song = Samples.TwoLines;

        var plain = (await client.TranscribeAudioAsync(song)).Value;
        var verbose = (await client.TranscribeAudioAsync(song, new AudioTranscriptionOptions
        {
            Language = "en",
            ResponseFormat = AudioTranscriptionFormat.Verbose,
            TimestampGranularities = AudioTimestampGranularities.Word | AudioTimestampGranularities.Segment,
        })).Value;
        var vtt = (await client.TranscribeAudioAsync(song, new AudioTranscriptionOptions { ResponseFormat = AudioTranscriptionFormat.Vtt })).Value;

        Assert.Contains("light is on the water", plain.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(plain.Text, verbose.Text);
        Assert.Equal("english", verbose.Language);
        Assert.Equal(11, verbose.Duration!.Value.TotalSeconds, 0.1);
        Assert.Equal(verbose.Text, string.Join(' ', verbose.Words.Select(word => word.Word)));
        Assert.Equal(verbose.Words.Select(word => word.StartTime).Order(), verbose.Words.Select(word => word.StartTime));
        Assert.NotEmpty(verbose.Segments);
        Assert.StartsWith("WEBVTT", vtt.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dotnet_client_understands_refusals()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder["song.mp3"], "This is no song.", Ct);

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client().TranscribeAudioAsync(folder["song.mp3"]));

        Assert.Equal(400, error.Status);
        Assert.Contains("not_audio", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dotnet_client_gets_every_format_and_a_stream()
    {
        var song = Samples.TwoLines;
        async Task<string> TextAsync(AudioTranscriptionFormat format) =>
            (await Client().TranscribeAudioAsync(song, new AudioTranscriptionOptions { ResponseFormat = format })).Value.Text;

        var simple = await TextAsync(AudioTranscriptionFormat.Simple);
        Assert.Contains("birds", simple, StringComparison.Ordinal);
        Assert.Equal(simple, (await TextAsync(AudioTranscriptionFormat.Text)).Trim());
        Assert.StartsWith("1\n00:00:0", await TextAsync(AudioTranscriptionFormat.Srt), StringComparison.Ordinal);
        Assert.StartsWith("WEBVTT", await TextAsync(AudioTranscriptionFormat.Vtt), StringComparison.Ordinal);

#pragma warning disable OPENAI001 // Their client still calls streaming an experiment.
        var streamed = "";
        string? whole = null;
        await foreach (var update in await Client("gpt-4o-transcribe").TranscribeAudioStreamingAsync(song, cancellationToken: Ct))
        {
            streamed += (update as StreamingAudioTranscriptionTextDeltaUpdate)?.Delta;
            whole = (update as StreamingAudioTranscriptionTextDoneUpdate)?.Text ?? whole;
        }
#pragma warning restore OPENAI001
        Assert.Equal((simple, simple), (streamed, whole));
    }

    [Fact]
    public async Task The_node_client_gets_text_words_and_segments()
    {
        var folder = await InstallAsync();
        var (exitCode, output, errors) = await RunAsync(folder, "node", "transcribe.mjs", Address.ToString(), Samples.TwoLines);

        Assert.True(exitCode == 0, errors);
        var said = JsonElement.Parse(output);
        Assert.Contains("birds", said.Text("text"), StringComparison.Ordinal);
        Assert.Equal(said.Text("text"), string.Join(' ', said.GetProperty("verbose").GetProperty("words").EnumerateArray().Select(word => word.Text("word"))));
        Assert.NotEqual(0, said.GetProperty("verbose").GetProperty("segments").GetArrayLength());
        Assert.Equal(said.Text("text"), said.Text("plain").Trim());
        Assert.StartsWith("1\n00:00:0", said.Text("srt"), StringComparison.Ordinal);
        Assert.StartsWith("WEBVTT\n", said.Text("vtt"), StringComparison.Ordinal);
        Assert.Equal((said.Text("text"), said.Text("text")), (said.Text("streamed"), said.Text("done")));
        Assert.Equal((said.Text("text"), "299 libretto \"ignored: user, vad_filter\""), (said.Text("odd"), said.Text("warning")));
        Assert.Contains("whisper-1", said.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.Equal("""{"status":400,"code":"option_invalid","param":"language","type":"invalid_request_error","name":"BadRequestError"}""", said.GetProperty("refusal").GetRawText());
        Assert.Equal("""{"status":404,"code":"model_not_found","param":"model","type":"invalid_request_error","name":"NotFoundError"}""", said.GetProperty("unknown").GetRawText());
    }

    private AudioClient Client(string model = "whisper-1") => new(model, new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = Address });

    /// <summary>The npm client, fetched once by its lock file; skips the test, counted, where that cannot be done.</summary>
    private static async Task<string> InstallAsync()
    {
        var source = Repository.File("tests", "Libretto.Server.Tests", "OpenAiNode");
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "openai-node")).FullName;
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!File.Exists(Path.Combine(folder, "node_modules", "openai", "package.json")))
        {
            try
            {
                var (exitCode, _, errors) = await RunAsync(folder, "npm", "ci", "--silent", "--no-audit", "--no-fund");
                Assert.SkipUnless(exitCode == 0, $"npm cannot fetch OpenAI's client: {errors}");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("node and npm are not installed");
            }
        }
        return folder;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output, await errors);
    }
}
