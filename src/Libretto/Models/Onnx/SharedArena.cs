using Microsoft.ML.OnnxRuntime;

namespace Libretto.Models.Onnx;

/// <summary>
/// The memory that networks compute in, one for all of them: what one has given back serves the next, where arenas of their own would
/// lie side by side.
/// </summary>
internal static class SharedArena
{
    // -1 leaves a value to the runtime; 1 grows by what is asked for and not to the next power of two.
    private const int Default = -1;
    private const int AsRequested = 1;

    private static readonly Lazy<bool> s_registered = new(Register);

    /// <summary>Makes it, once a process, before the first network that uses it is loaded.</summary>
    public static void Prepare() => _ = s_registered.Value;

    private static bool Register()
    {
        GlibcHeap.ReturnLargeBlocks();
        using var settings = new OrtArenaCfg(0, AsRequested, Default, Default);
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        OrtEnv.Instance().CreateAndRegisterAllocator(memory, settings);
        return true;
    }
}
