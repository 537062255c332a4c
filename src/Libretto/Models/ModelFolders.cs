namespace Libretto.Models;

/// <summary>Where models lie when nothing else is said.</summary>
public static class ModelFolders
{
    /// <summary>
    /// The user's model cache: <c>$XDG_CACHE_HOME/libretto/models</c> or <c>~/.cache/libretto/models</c>,
    /// <c>~/Library/Caches/libretto/models</c> on macOS, <c>%LOCALAPPDATA%\libretto\models</c> on Windows.
    /// </summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static string DefaultCache(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return Path.Combine(UserCaches(environment), "libretto", "models");
    }

    /// <summary>The folders named by <c>LIBRETTO_MODELS</c>, separated as in <c>PATH</c>; none if it is not set.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static IReadOnlyList<string> Extra(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment("LIBRETTO_MODELS")?.Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }

    private static string UserCaches(Func<string, string?> environment)
    {
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
            return Path.Combine(home, "Library", "Caches");
        // The XDG specification: a relative path is to be ignored.
        var xdg = environment("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(xdg ?? "") ? xdg! : Path.Combine(home, ".cache");
    }
}
