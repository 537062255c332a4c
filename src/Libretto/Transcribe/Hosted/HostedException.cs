using System.Globalization;

namespace Libretto.Transcribe.Hosted;

/// <summary>A hosted engine cannot be asked, refuses, or does not answer.</summary>
public sealed class HostedException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public HostedException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    /// <summary>When the engine may be asked again; null when nothing is known of it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request is worth sending again at once, or after <see cref="RetryAfter"/>.</summary>
    internal bool IsWorthAnotherTry { get; init; }

    /// <summary>Whether the account behind the key can pay for no song.</summary>
    internal bool IsOutOfCredit { get; private init; }

    internal static HostedException KeyMissing(HostedEngine engine) => new(
        ErrorKind.Missing, "hosted_key_missing", $"{engine.Name} wants a key. Set {engine.KeyVariable} to yours, or use '--engine auto'.");

    internal static HostedException KeyRefused(HostedEngine engine, int status) => new(
        ErrorKind.Missing, ErrorCodes.HostedKeyRefused, engine.KeyVariable is { } variable
            ? $"{engine.Name} refused the key in {variable} ({status}). Put a valid one there, or unset it to work on this machine."
            : $"{engine.Name} wants a key ({status}), but none is configured for it. Name its variable; see docs/engines.md.");

    internal static HostedException Forbidden(HostedEngine engine, string? said) => new(
        ErrorKind.Failed, ErrorCodes.HostedForbidden,
        $"{engine.Name} does not allow this request (403{Said(said)}). Check what the key in " +
        $"{engine.KeyVariable ?? "its settings"} may do, and whether the network or a proxy on the way is blocked.");

    internal static HostedException NotFound(HostedEngine engine, string? said) => new(
        ErrorKind.Usage, ErrorCodes.HostedNotFound,
        $"{engine.Name} knows no model '{engine.Model}', or there is no such engine at " +
            $"{engine.Address} (404{Said(said)}). Correct the model or the address.");

    internal static HostedException WrongAddress(HostedEngine engine, int status) => new(
        ErrorKind.Usage, ErrorCodes.HostedNotFound,
        $"{engine.Address} leads elsewhere ({status}), and songs are not sent on to where nobody chose. Correct the address of " +
            $"{engine.Name}.");

    internal static HostedException TooLarge(HostedEngine engine) => new(
        ErrorKind.Failed, ErrorCodes.HostedTooLarge,
        $"{engine.Name} takes no file of this size (413), not even in small pieces. Set a smaller max-megabytes for it, or use '--engine " +
            $"whisper'.");

    internal static HostedException QuotaTooSmall(HostedEngine engine, string? said) => new(
        ErrorKind.Failed, "hosted_quota",
        $"The song is longer than {engine.Name} allows the key at a time{Said(said)}. Use '--engine whisper', or a plan with a larger " +
            $"quota.");

    internal static HostedException OutOfCredit(HostedEngine engine, string? said) => new(
        ErrorKind.Failed, "hosted_quota",
        $"The account of the key in {engine.KeyVariable} has no credit left at {engine.Name}{Said(said)}. Pay it up, or use '--engine " +
            $"whisper'.")
    {
        IsOutOfCredit = true,
    };

    internal static HostedException Limited(HostedEngine engine, TimeSpan? wait, bool worthWaiting) => new(
        ErrorKind.Failed, ErrorCodes.HostedLimit,
        $"{engine.Name} allows the key no more for now{Again(wait)}. Wait, or use '--engine whisper'.", isTransient: true)
    {
        RetryAfter = wait,
        IsWorthAnotherTry = worthWaiting,
    };

    internal static HostedException Refused(HostedEngine engine, int status, string? said) => new(
        ErrorKind.Failed, "hosted_request_refused",
        $"{engine.Name} refused the request ({status}{Said(said)}). Check the model, the language and the prompt.");

    internal static HostedException Unavailable(HostedEngine engine, int status, TimeSpan? wait, string? said) => new(
        ErrorKind.Failed, ErrorCodes.HostedUnavailable,
        $"{engine.Name} cannot work at present ({status}{Said(said)}). Try again later, or use '--engine whisper'.", isTransient: true)
    {
        RetryAfter = wait,
        IsWorthAnotherTry = true,
    };

    internal static HostedException Resting(HostedEngine engine, TimeSpan? wait, Exception inner) => new(
        ErrorKind.Failed, ErrorCodes.HostedUnavailable,
        $"{engine.Name} failed several times in a row and is left alone{Again(wait)}. Use '--engine whisper' meanwhile.",
        isTransient: true, inner)
    {
        RetryAfter = wait,
    };

    internal static HostedException TooSlow(HostedEngine engine, TimeSpan limit) => new(
        ErrorKind.Failed, ErrorCodes.HostedTimeout,
        string.Create(CultureInfo.InvariantCulture,
            $"{engine.Name} did not answer within {limit.TotalSeconds:F0} s. Check the network, or use '--engine whisper'."),
        isTransient: true);

    internal static HostedException Unreachable(HostedEngine engine, string why, bool worthAnotherTry, Exception inner) => new(
        ErrorKind.Missing, ErrorCodes.HostedUnreachable,
        $"{engine.Name} cannot be reached at {engine.Address.Host}: {why}. Check the network; behind a proxy set HTTPS_PROXY.",
        isTransient: true, inner)
    {
        IsWorthAnotherTry = worthAnotherTry,
    };

    internal static HostedException Insecure(HostedEngine engine, string why, Exception inner) => new(
        ErrorKind.Missing, ErrorCodes.HostedInsecure,
        $"No secure connection to {engine.Name} at {engine.Address.Host} can be made, so nothing was sent: {why}. A proxy that looks " +
        "into connections needs its certificate installed on this machine.",
        inner: inner);

    internal static HostedException BadAnswer(HostedEngine engine, string why, Exception? inner = null) => new(
        ErrorKind.Failed, ErrorCodes.HostedAnswer,
        $"What {engine.Name} answered is no transcription: {why}. Check its address ({engine.Address}).",
        inner: inner);

    internal static HostedException ErrorInAnswer(HostedEngine engine, string said) => new(
        ErrorKind.Failed,
        ErrorCodes.HostedAnswer,
        $"{engine.Name} answered with an error under the status 200: {said}. Check the model and the address ({engine.Address}).");

    private static string Said(string? said) => said is null ? "" : $": {said}";

    private static string Again(TimeSpan? wait) =>
        wait is { } time ? string.Create(CultureInfo.InvariantCulture,
            $"; it may be asked again in {Math.Ceiling(time.TotalSeconds):F0} s") : "";
}
