using Libretto.Tests.Speech;

namespace Libretto.Tests.Support;

/// <summary>
/// Models for what is done around a network, whatever it understands: whisper-base and spleeter-2stems in folders of these names. A test
/// of what is understood asks for the real ones by <see cref="Repository.SharedFile"/>.
/// </summary>
internal static class TestModels
{
    public const string Whisper = "whisper-base", Spleeter = "spleeter-2stems";

    private static readonly Lazy<string> s_small = new(Make);

    /// <summary>The real models where both are among the test data, else the small ones.</summary>
    public static string Folder { get; } = Find();

    /// <summary>Networks made by the tests in the layouts that the hub publishes, of random weights and some hundred kilobytes.</summary>
    public static string Small => s_small.Value;

    private static string Find()
    {
        var real = Path.Combine(Repository.Shared, "models");
        return Directory.Exists(Path.Combine(real, Whisper)) && Directory.Exists(Path.Combine(real, Spleeter)) ? real : Small;
    }

    // Beside the tests, made once for each build of them; another process may be making it too.
    private static string Make()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, $"small-models-{typeof(TestModels).Module.ModuleVersionId:N}");
        if (Directory.Exists(folder))
            return folder;
        var making = Path.Combine(AppContext.BaseDirectory, $"{Guid.NewGuid():N}");
        new SmallWhisper { Heads = 8, IsHalf = true }.Write(Path.Combine(making, Whisper));
        var separator = SmallSeparators.WriteSpleeter(Path.Combine(making, Spleeter));
        foreach (var network in Directory.EnumerateFiles(separator, "*.onnx").ToList())
            File.Move(network, Path.ChangeExtension(network, ".fp16.onnx"));
        try
        {
            Directory.Move(making, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(making, recursive: true);
        }
        return folder;
    }
}
