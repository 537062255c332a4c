using System.Reflection;
using System.Security.Claims;
using Libretto.Server.Data.Entities;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Security;

/// <summary>Who asks. Without keys in use everyone is the machine's own user, who may do all.</summary>
/// <param name="KeyId">The API key's id; empty without keys.</param>
/// <param name="IsAdmin">Whether all jobs are visible.</param>
internal sealed record Caller(string KeyId, bool IsAdmin)
{
    private const string KeyClaim = "libretto:key";
    private const string AdminClaim = "libretto:admin";

    public static Caller Local { get; } = new("", true);

    /// <summary>Whose jobs to list: null for all.</summary>
    public string? SeesOnly => IsAdmin ? null : KeyId;

    public bool MaySee(Job job) => MaySee(job.KeyId);

    public bool MaySee(SongList list) => MaySee(list.KeyId);

    private bool MaySee(string keyId) => IsAdmin || keyId == KeyId;

    /// <summary>The caller in the framework's terms.</summary>
    public ClaimsPrincipal ToPrincipal() =>
        new(new ClaimsIdentity([new(KeyClaim, KeyId), new(AdminClaim, IsAdmin ? "1" : "0")], "libretto"));

    /// <summary>The caller that <see cref="ToPrincipal"/> made a principal of; null for any other.</summary>
    public static Caller? Of(ClaimsPrincipal user) =>
        user.FindFirst(KeyClaim)?.Value is { } keyId ? new Caller(keyId, user.HasClaim(AdminClaim, "1")) : null;

    /// <summary>Lets endpoints take the caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Caller?>(Of(context));

    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? throw new InvalidOperationException(
        "The request did not pass the gate.");
}
