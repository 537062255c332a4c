using Hangfire;
using Hangfire.Dashboard;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>Hangfire's view of what is done again and again, with a page of songs, for administrators.</summary>
internal sealed class Dashboard : IDashboardAuthorizationFilter
{
    // Hangfire keeps them for the whole process, whichever hosts it has.
    private static readonly Lazy<bool> s_pages = new(AddPages);

    public static void Map(WebApplication app)
    {
        _ = s_pages.Value;
        app.MapHangfireDashboard(
            ServerPaths.Dashboard,
            new DashboardOptions { Authorization = [new Dashboard()], DashboardTitle = "Libretto: maintenance", AppPath = null },
            app.Services.GetRequiredService<JobStorage>());
    }

    public bool Authorize(DashboardContext context) => Caller.Of(context.GetHttpContext()).IsAdmin;

    private static bool AddPages()
    {
        DashboardRoutes.Routes.AddRazorPage(DashboardSongs.Path, _ => new DashboardSongs());
        NavigationMenu.Items.Add(page => new MenuItem("Songs", page.Url.To(DashboardSongs.Path))
        {
            Active = page.RequestPath.StartsWith(DashboardSongs.Path, StringComparison.Ordinal),
        });
        DashboardRoutes.Routes.AddRazorPage(DashboardUsage.Path, _ => new DashboardUsage());
        NavigationMenu.Items.Add(page => new MenuItem("Usage", page.Url.To(DashboardUsage.Path))
        {
            Active = page.RequestPath.StartsWith(DashboardUsage.Path, StringComparison.Ordinal),
        });
        return true;
    }
}
