namespace Libretto.Cli.Tests.Support;

/// <summary>Recordings made on the spot.</summary>
internal static class Sounds
{
    private const int Rate = 8000;

    /// <summary>Writes silence as 16-bit mono WAV.</summary>
    public static string Silence(string path, double seconds)
    {
        var bytes = (int)(seconds * Rate) * 2;
        using var file = new BinaryWriter(File.Create(path));
        file.Write("RIFF"u8);
        file.Write(36 + bytes);
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((short)1);
        file.Write((short)1);
        file.Write(Rate);
        file.Write(Rate * 2);
        file.Write((short)2);
        file.Write((short)16);
        file.Write("data"u8);
        file.Write(bytes);
        file.Write(new byte[bytes]);
        return path;
    }
}
