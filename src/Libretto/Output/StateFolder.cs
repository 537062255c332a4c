namespace Libretto.Output;

/// <summary>Where Libretto remembers what it did for this user: small files whose loss costs time, but no song.</summary>
public static class StateFolder
{
    /// <summary><c>$XDG_STATE_HOME/libretto</c>, else <c>~/.local/state/libretto</c>; on Windows the local application data.</summary>
    public static string OfUser()
    {
        // The XDG specification: a relative path is to be ignored.
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (!Path.IsPathFullyQualified(state ?? ""))
        {
            state = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }
        return Path.Combine(state!, "libretto");
    }
}
