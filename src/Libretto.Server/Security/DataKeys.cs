using Libretto.Server.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Libretto.Server.Security;

/// <summary>
/// The keys that secrets in cookies, links and rows are encrypted with: in PostgreSQL, for all servers that share it, else files in the
/// data folder, which only this user may read.
/// </summary>
internal static class DataKeys
{
    public static void AddTo(IServiceCollection services, ServerOptions options)
    {
        var protection = services.AddDataProtection().SetApplicationName("Libretto");
        if (options.UsesPostgres)
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
                provider => new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = new SharedKeys(
                provider.GetRequiredService<IDbContextFactory<LibrettoDb>>(), SecretOf(options),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SharedKeys>>())));
        else
            protection.PersistKeysToFileSystem(PrivateFolder(Path.Combine(options.DataFolder, "keys")));
    }

    /// <summary>What all servers of a database know, and a copy of its contents does not tell.</summary>
    private static string SecretOf(ServerOptions options) =>
        options.Secret ?? new NpgsqlConnectionStringBuilder(Databases.ConnectionStringOf(options.Database!)).Password ?? "";

    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
