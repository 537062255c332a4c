using Libretto.Audio;
using Libretto.Pipeline;
using Libretto.Tests.Support;
using Libretto.Tools;
using Libretto.Transcribe;
using Libretto.Transcribe.Hosted;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>A hosted engine that is a server on the loopback, asked as the product asks it.</summary>
internal sealed class HostedFixture : IAsyncDisposable
{
    /// <summary>A key that no message, log or file may hold.</summary>
    public const string Key = "gsk_4nEverToBeSeen7391";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private HostedFixture(SpeechServer server, TimeProvider time, ILoggerFactory? loggers)
    {
        (Server, Time, Loggers) = (server, time, loggers ?? NullLoggerFactory.Instance);
        Engine = HostedEngine.Groq with { Address = server.Address, Key = Key };
    }

    public SpeechServer Server { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public HostedEngine Engine { get; set; }

    /// <summary>Told how requests ended; nobody when null.</summary>
    public HostedStatus? Status { get; set; }

    public ScratchFolder Folder { get; } = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<HostedFixture> StartAsync(TimeProvider? time = null, bool tls = false, ILoggerFactory? loggers = null) =>
        new(await SpeechServer.StartAsync(tls), time ?? new LeapingTime(), loggers);

    /// <summary>The engine; one object has one circuit breaker.</summary>
    public HostedTranscriber Transcriber() => new(
        Engine, new HostedClient(Engine, () => _http, new HostedBudget(Engine, Folder["hosted"], Time), Time),
        new AudioEncoder(new ToolRunner()), Folder["work"], Loggers.CreateLogger<HostedTranscriber>(), Status);

    /// <summary>Eleven seconds of tone, as long as most answers of these tests say.</summary>
    public static PcmFile Song(double seconds = 11)
    {
        var song = new PcmFile(16_000, 1);
        song.Append([.. Enumerable.Range(0, (int)(seconds * 16_000)).Select(i => 0.1f * (float)Math.Sin(i / 6.0))]);
        return song;
    }

    public static Task<PcmFile> DecodeAsync(string path) =>
        new AudioDecoder(new ToolRunner()).DecodeAsync(path, 16_000, 1, cancellationToken: Token);

    public async Task<List<TranscribedPiece>> HearAsync(TranscribeOptions? options = null, double seconds = 11)
    {
        using var song = Song(seconds);
        return await Transcriber().TranscribeAsync(song, options ?? new TranscribeOptions(), null, Token).ToListAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http.Dispose();
        Folder.Dispose();
    }
}
