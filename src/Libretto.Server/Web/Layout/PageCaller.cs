using System.Security.Claims;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Components.Authorization;

namespace Libretto.Server.Web.Layout;

/// <summary>
/// Who looks at the page. A page stays open for hours, so each use asks whether the key that opened it is still good.
/// </summary>
internal sealed class PageCaller(AuthenticationStateProvider authentication, ApiKeys keys)
{
    private const string KeyClaim = "libretto:key";
    private const string AdminClaim = "libretto:admin";

    /// <summary>The caller in the framework's terms.</summary>
    public static ClaimsPrincipal Principal(Caller caller) =>
        new(new ClaimsIdentity([new(KeyClaim, caller.KeyId), new(AdminClaim, caller.IsAdmin ? "1" : "0")], "libretto"));

    /// <summary>Null for someone who has to sign in, perhaps anew.</summary>
    public async Task<Caller?> FindAsync(CancellationToken ct = default)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.FindFirst(KeyClaim)?.Value is not { } keyId)
            return null;
        var isGood = keyId.Length == 0 ? !await keys.AreInUseAsync(ct) : await keys.IsGoodAsync(keyId, ct);
        return isGood ? new Caller(keyId, user.HasClaim(AdminClaim, "1")) : null;
    }
}
