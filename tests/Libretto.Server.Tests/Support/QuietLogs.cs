using System.Runtime.CompilerServices;

namespace Libretto.Server.Tests.Support;

internal static class QuietLogs
{
    /// <summary>The servers in this process say only what went wrong.</summary>
    [ModuleInitializer]
    public static void Set() => Environment.SetEnvironmentVariable("LIBRETTO_LOG", "warning");
}
