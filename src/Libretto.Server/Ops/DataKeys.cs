using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Ops;

/// <summary>The keys that secrets in cookies, links and rows are encrypted with: files in the data folder, which only this user may read.</summary>
internal static class DataKeys
{
    public static void AddTo(IServiceCollection services, ServerOptions options) => services.AddDataProtection()
        .SetApplicationName("Libretto")
        .PersistKeysToFileSystem(PrivateFolder(Path.Combine(options.DataFolder, "keys")));

    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
