using System.Globalization;
using System.Text;

namespace Libretto;

/// <summary>A speech service on the network that speaks OpenAI's protocol for transcriptions.</summary>
/// <param name="Name">What <c>--engine</c> calls it, such as <c>groq</c>.</param>
/// <param name="Address">Its address before <c>audio/transcriptions</c>, such as <c>https://api.groq.com/openai/v1/</c>.</param>
/// <param name="Model">The model asked for.</param>
public sealed record HostedEngine(string Name, Uri Address, string Model)
{
    /// <summary>Groq, with the limits of its free tier until its answers tell others.</summary>
    public static HostedEngine Groq { get; } = new("groq", new Uri("https://api.groq.com/openai/v1/"), "whisper-large-v3-turbo")
    {
        TranslationModel = "whisper-large-v3",
        KeyVariable = "GROQ_API_KEY",
        LeastBilledSeconds = 10,
        Limits = new HostedLimits { RequestsAMinute = 20, RequestsADay = 2000, AudioSecondsAnHour = 7200, AudioSecondsADay = 28_800 },
    };

    /// <summary>OpenAI: used when asked for by name, since many have its key for other things.</summary>
    public static HostedEngine OpenAi { get; } = new("openai", new Uri("https://api.openai.com/v1/"), "whisper-1")
    {
        KeyVariable = "OPENAI_API_KEY",
        IsAutomatic = false,
    };

    /// <summary>The engines known without any setting.</summary>
    public static IReadOnlyList<HostedEngine> Known { get; } = [Groq, OpenAi];

    /// <summary>The model that translates into English; null when <see cref="Model"/> does.</summary>
    public string? TranslationModel { get; init; }

    /// <summary>The environment variable that holds its key; null for an engine that wants none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>The key itself, a secret; null while the variable is not set.</summary>
    public string? Key { get; init; }

    /// <summary>Whether <c>--engine auto</c> asks it before the engines of this machine; true by default.</summary>
    public bool IsAutomatic { get; init; } = true;

    /// <summary>The largest file it takes, in millions of bytes; 25 by default.</summary>
    public double MaxMegabytes { get; init; } = 25;

    /// <summary>What an hour of audio costs in US dollars; null takes the published price of the model, where there is one.</summary>
    public double? DollarsAnHour { get; init; }

    /// <summary>A shorter recording is billed as if it had so many seconds; 0 by default.</summary>
    public double LeastBilledSeconds { get; init; }

    /// <summary>What it may be asked for; no limits by default.</summary>
    public HostedLimits Limits { get; init; } = new();

    /// <summary>Whether it can be asked: its key is there, or none is wanted.</summary>
    public bool IsReady => KeyVariable is null || !string.IsNullOrEmpty(Key);

    /// <summary>Keeps the key out of logs.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Name = {Name}, Address = {Address}, Model = {Model}, IsReady = {IsReady}");
        return true;
    }
}

/// <summary>What a hosted engine allows a key; each null when there is no such limit.</summary>
public sealed record HostedLimits
{
    /// <summary>Requests in any minute.</summary>
    public int? RequestsAMinute { get; init; }

    /// <summary>Requests in any day.</summary>
    public int? RequestsADay { get; init; }

    /// <summary>Seconds of audio in any hour.</summary>
    public double? AudioSecondsAnHour { get; init; }

    /// <summary>Seconds of audio in any day.</summary>
    public double? AudioSecondsADay { get; init; }
}
