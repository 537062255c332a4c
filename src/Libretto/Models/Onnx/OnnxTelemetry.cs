using System.Runtime.InteropServices;

namespace Libretto.Models.Onnx;

/// <summary>
/// What ONNX Runtime tells its makers: its official builds send each session's beginning, with the model's file name and an identifier of
/// the machine, unless this variable is set before they are loaded. Nobody is told what Libretto works on.
/// </summary>
internal static partial class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Turns it off for this process, unless its user has said something about it.</summary>
    public static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
            return;
        Environment.SetEnvironmentVariable(Variable, "1");
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            // Beyond Windows, .NET keeps a copy of the environment that libraries do not see.
            _ = SetVariable(Variable, "1", overwrite: 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library; the launcher and the images set the variable too.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
