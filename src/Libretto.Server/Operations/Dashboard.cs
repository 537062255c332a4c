using Hangfire;
using Hangfire.Dashboard;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>Hangfire's own view of the queue, for administrators.</summary>
internal sealed class Dashboard : IDashboardAuthorizationFilter
{
    public const string Path = "/hangfire";

    public static void Map(WebApplication app) =>
        app.MapHangfireDashboard(
            Path,
            new DashboardOptions { Authorization = [new Dashboard()], DashboardTitle = "Libretto: queue", AppPath = null },
            app.Services.GetRequiredService<JobStorage>());

    public bool Authorize(DashboardContext context) => Caller.Of(context.GetHttpContext()).IsAdmin;
}
