namespace Libretto.Tools;

/// <summary>What is known of an outside program on this machine.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Path">Its full path; null when it is missing.</param>
/// <param name="Version">Its version as it says itself; null when missing or not said.</param>
/// <param name="Problem">What is wrong and the line that mends it; null when it is ready.</param>
public sealed record ToolStatus(Tool Tool, string? Path, string? Version, string? Problem)
{
    /// <summary>Whether it was found and runs.</summary>
    public bool IsReady => Problem is null;
}
