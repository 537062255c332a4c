using Libretto.Server.Api.Intake;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/api/usage</c>: what keys have used; one's own, for admins everyone's.</summary>
internal static class UsageApi
{
    private const int LongestDays = 366;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/usage", GetAsync).WithName("GetUsage").WithTags("Keys")
            .WithSummary("What your key has used in the last days; every key's for admins")
            .WithDescription(
                "Songs posted, their minutes, and what hosted engines cost for them, in the last `days` (1 by default) times 24 hours, " +
                "with what a key may have in a day.");

    private static async Task<Ok<UsageView>> GetAsync(
        Caller caller, KeyUsage usage, ApiKeys keys, ServerOptions options, CancellationToken ct, [FromQuery] string? days = null)
    {
        var count = FormValue.Whole("days", days, 1, LongestDays) ?? 1;
        var before = TimeSpan.FromDays(count);
        IReadOnlyList<Usage> used = caller.IsAdmin ? await usage.OfAllAsync(before, ct) : [await usage.OfAsync(caller.KeyId, before, ct)];
        var names = (await keys.ListAsync(ct)).ToDictionary(key => key.Id, key => key.Name, StringComparer.Ordinal);
        return TypedResults.Ok(new UsageView(
            count,
            [.. used.Select(key => new KeyUsageView(
                key.KeyId, names.GetValueOrDefault(key.KeyId), key.Songs, Math.Round(key.Minutes, 2), Math.Round(key.Usd, 6)))],
            new UsageLimits(options.KeySongsPerDay, options.KeyMinutesPerDay, options.KeyUsdPerDay)));
    }
}

/// <summary>What keys have used in the last days.</summary>
/// <param name="Days">How many times 24 hours.</param>
/// <param name="Keys">The keys that have used anything, those with the most songs first; one's own for whoever is no admin.</param>
/// <param name="LimitsPerDay">What each key may have within 24 hours.</param>
internal sealed record UsageView(int Days, IReadOnlyList<KeyUsageView> Keys, UsageLimits LimitsPerDay);

/// <summary>What a key has used.</summary>
/// <param name="KeyId">The key; empty for those who came without one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Songs">Songs posted.</param>
/// <param name="Minutes">Their length in minutes.</param>
/// <param name="Usd">What hosted engines cost for them, US dollars.</param>
internal sealed record KeyUsageView(string KeyId, string? Name, int Songs, double Minutes, double Usd);

/// <summary>What a key may have within 24 hours; without a limit what is null.</summary>
internal sealed record UsageLimits(int? Songs, double? Minutes, double? Usd);
