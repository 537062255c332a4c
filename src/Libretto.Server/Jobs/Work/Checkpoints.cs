using System.Diagnostics;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// The points in a worker's way where a crash would matter, numbered in <see cref="JobWorker"/>. Tests have the process killed at
/// each; a normal process passes them.
/// </summary>
internal sealed class Checkpoints(ServerOptions options)
{
    public const int Claimed = 1;
    public const int InputAtHand = 2;
    public const int Working = 3;
    public const int LyricsMade = 4;
    public const int LyricsReadable = 5;
    public const int ContentsStored = 6;
    public const int ResultStored = 7;
    public const int Completed = 8;

    public void Pass(int checkpoint)
    {
        if (checkpoint != options.FailPoint)
            return;
        // As SIGKILL does: nothing is flushed, disposed of or caught.
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
