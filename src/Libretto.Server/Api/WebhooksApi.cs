using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Server.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary>How telling of a job's end went, and what the messages are signed with.</summary>
internal static class WebhooksApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/jobs/{id}/webhook", GetAsync).WithName("GetWebhook").WithTags("Webhooks")
            .WithSummary("How the job's webhook was delivered");
        app.MapGet("/api/webhooks/secret", Secret).WithName("GetWebhookSecret").WithTags("Webhooks")
            .WithSummary("What messages to this key's receivers are signed with");
    }

    private static async Task<Ok<WebhookView>> GetAsync(string id, Caller caller, JobStore jobs, WebhookStore deliveries,
        CancellationToken ct)
    {
        await JobsApi.FindAsync(id, caller, jobs, ct);
        return await deliveries.FindAsync(id, ct) is { } delivery
            ? TypedResults.Ok(new WebhookView(delivery.Url, delivery.State, delivery.Attempts, delivery.State == WebhookState.Waiting
                ? delivery.NextAt : null, delivery.DeliveredAt, delivery.Log))
            : throw new ApiProblem(404, "webhook_missing", "This job has no webhook. Give one in its options when posting the song.");
    }

    private static Ok<WebhookSecretView> Secret(Caller caller, ServerOptions options) => options.WebhookSecret is { } secret
        ? TypedResults.Ok(new WebhookSecretView(WebhookSecrets.Of(secret, caller.KeyId)))
        : throw ServerException.WebhooksOff();
}

internal sealed record WebhookView(string Url, string State, int Attempts, DateTime? NextAt, DateTime? DeliveredAt,
    IReadOnlyList<WebhookAttempt> Log);

internal sealed record WebhookSecretView(string Secret);
