using Libretto.Tools;

namespace Libretto.Tests.Support;

/// <summary>The real little program of tests/DummyTool, whose arguments say what it does.</summary>
internal static class DummyTool
{
    private static readonly string s_path = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "dummy-tool.exe" : "dummy-tool");

    public static Tool Tool { get; } = Tool.Other(s_path);

    /// <summary>The same, which may take so many bytes of memory.</summary>
    public static Tool Bounded(long bytes) => Tool.Other(s_path, bytes);
}
