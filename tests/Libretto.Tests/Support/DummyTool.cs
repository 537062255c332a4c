using Libretto.Tools;

namespace Libretto.Tests.Support;

/// <summary>The real little program of tests/DummyTool, whose arguments say what it does.</summary>
internal static class DummyTool
{
    public static Tool Tool { get; } = Tool.Other(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "dummy-tool.exe" : "dummy-tool"));
}
