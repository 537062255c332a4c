using System.Globalization;
using Hangfire.Dashboard;
using Libretto.Server.Data;
using Libretto.Server.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Operations;

/// <summary>The dashboard's page of what each key has used.</summary>
internal sealed class DashboardUsage() : DashboardPage("Usage")
{
    public const string Path = "/usage";

    private static readonly string[] s_heads = ["Key", "Id", "Songs", "Minutes", "US dollars at hosted engines"];

    protected override void Write()
    {
        var services = Context.GetHttpContext().RequestServices;
        using var context = services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContext();
        var names = context.ApiKeys.AsNoTracking().ToDictionary(key => key.Id, key => key.Name);
        var usage = services.GetRequiredService<KeyUsage>();
        foreach (var days in (int[])[1, 7, 30])
        {
            // The dashboard's pages are written without waiting.
            var used = usage.OfAllAsync(TimeSpan.FromDays(days), CancellationToken.None).GetAwaiter().GetResult();
            Table(days == 1 ? "The last 24 hours" : $"The last {days} days", s_heads, used.Select(key => (string[])
            [
                names.GetValueOrDefault(key.KeyId, key.KeyId.Length == 0 ? "(none)" : ""), key.KeyId,
                Number(key.Songs, "0"), Number(key.Minutes, "0.0"), Number(key.Usd, "0.0000"),
            ]));
        }
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
