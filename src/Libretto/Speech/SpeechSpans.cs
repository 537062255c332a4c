using System.Diagnostics;

namespace Libretto.Speech;

/// <summary>What local recognition spends its time on, as spans for whoever listens (<c>bench/run profile</c>, OpenTelemetry).</summary>
internal static class SpeechSpans
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Libretto.Speech";

    /// <summary>Log-mel features of a window.</summary>
    public const string Features = "features";

    /// <summary>The encoder over some windows.</summary>
    public const string Encoder = "encoder";

    /// <summary>The first text of some windows.</summary>
    public const string Text = "text";

    /// <summary>Texts drawn again for windows whose first one looks invented.</summary>
    public const string Retry = "retry";

    /// <summary>A pass over known text for what each word looked at.</summary>
    public const string WordTimes = "word times";

    /// <summary>All of the above for parts of windows that were left unheard.</summary>
    public const string HeardAgain = "heard again";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins a span; null when nobody listens.</summary>
    public static Activity? Start(string name) => s_source.StartActivity(name);
}
