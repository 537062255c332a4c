namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>webhook_deliveries</c>: who is told of a job's end, and how that went.</summary>
internal sealed record WebhookDelivery
{
    public required string JobId { get; init; }

    public required string Url { get; init; }

    /// <summary>waiting, delivered or failed.</summary>
    public required string State { get; init; }

    public int Attempts { get; init; }

    public DateTime? NextAt { get; init; }

    /// <summary>The attempts, the last few.</summary>
    public IReadOnlyList<WebhookAttempt> Log { get; init; } = [];

    public DateTime? DeliveredAt { get; init; }
}

/// <summary>The values of <c>webhook_deliveries.state</c>.</summary>
internal static class WebhookState
{
    public const string Waiting = "waiting";
    public const string Delivered = "delivered";
    public const string Failed = "failed";
}

/// <summary>One attempt to tell.</summary>
/// <param name="At">When.</param>
/// <param name="Status">What the receiver answered; null when it did not.</param>
/// <param name="Error">What went wrong; null when nothing did.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record WebhookAttempt(DateTime At, int? Status, string? Error, double Seconds);
