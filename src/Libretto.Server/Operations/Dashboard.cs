using Hangfire;
using Hangfire.Dashboard;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>Hangfire's own view of the queue, for administrators.</summary>
internal sealed class Dashboard : IDashboardAuthorizationFilter
{
    public static void Map(WebApplication app) =>
        app.MapHangfireDashboard(
            ServerPaths.Dashboard,
            new DashboardOptions { Authorization = [new Dashboard()], DashboardTitle = "Libretto: queue", AppPath = null },
            app.Services.GetRequiredService<JobStorage>());

    public bool Authorize(DashboardContext context) => Caller.Of(context.GetHttpContext()).IsAdmin;
}
