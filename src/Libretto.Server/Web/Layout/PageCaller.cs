using Libretto.Server.Security;
using Microsoft.AspNetCore.Components.Authorization;

namespace Libretto.Server.Web.Layout;

/// <summary>
/// Who looks at the page. A page stays open for hours, so each use asks whether the key that opened it is still good.
/// </summary>
internal sealed class PageCaller(AuthenticationStateProvider authentication, ApiKeys keys)
{
    /// <summary>Null for someone who has to sign in, perhaps anew.</summary>
    public async Task<Caller?> FindAsync(CancellationToken ct = default)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (Caller.Of(user) is not { } caller)
            return null;
        var isGood = caller.KeyId.Length == 0 ? !await keys.AreInUseAsync(ct) : await keys.IsGoodAsync(caller.KeyId, ct);
        return isGood ? caller : null;
    }
}
