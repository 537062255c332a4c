namespace Libretto.Server;

/// <summary>What this process is called in rows and logs.</summary>
internal static class ProcessName
{
    /// <summary><c>MACHINE:PID:XXXX</c>; containers often have one name and process id, hence the ending, which is drawn once.</summary>
    public static string Value { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N")[..4]}";
}
