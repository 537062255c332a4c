using Libretto.Server.Security;
using Libretto.Server.Web.Edit.Realign;
using Libretto.Server.Web.Export;
using Libretto.Server.Web.Layout;
using Libretto.Server.Web.Party;
using Libretto.Server.Web.Player;
using Libretto.Server.Web.Watch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Libretto.Server.Web;

/// <summary>The page: Blazor components rendered on the server, with small scripts for what only a browser can do.</summary>
internal static class Page
{
    /// <summary>The page and what its views share.</summary>
    public static IServiceCollection AddPage(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3));
        services.AddCascadingAuthenticationState();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            // Long enough to read it, and to reach its Undo by keyboard.
            mud.SnackbarConfiguration.VisibleStateDuration = 12_000;
        });
        services.AddAntiforgery(antiforgery => (antiforgery.Cookie.Name, antiforgery.Cookie.SameSite) =
            ("libretto_form", SameSiteMode.Strict));
        services.AddScoped<PageCaller>();
        services.AddSingleton<JobFeed>();
        services.AddSingleton<PassageWork>();
        services.AddSingleton<Waveforms>();
        services.AddSingleton<LiveSongs>();
        services.AddSingleton<BrowserSounds>();
        services.AddSingleton<Covers>();
        services.AddSingleton<PartyStore>();
        services.AddSingleton<PartyBoard>();
        services.AddSingleton<PartyLinks>();
        return services.AddSingleton<ShareLinks>();
    }

    /// <summary>The page's addresses.</summary>
    public static void MapPage(this WebApplication app, RouteGroupBuilder jobs)
    {
        app.UseAntiforgery();
        PageAssets.Map(app);
        WaveformApi.Map(jobs);
        SoundApi.Map(jobs);
        CoverApi.Map(jobs);
        SongZipApi.Map(jobs);
        SongsZipApi.Map(app);
        SharedApi.Map(app);
        PartyApi.Map(app);
        app.MapGet("/sign-out", (HttpContext context) =>
        {
            SignInCookie.Clear(context);
            return TypedResults.Redirect($"{context.Request.PathBase}/sign-in");
        }).ExcludeFromDescription();
        // Our own headers say who may frame the page: nobody.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(page => page.ContentSecurityFrameAncestorsPolicy = null);
    }
}
