using System.Diagnostics;
using System.Globalization;

namespace Libretto.Tests.Support;

/// <summary>Sounds made on the spot by ffmpeg, sox and espeak-ng, as files in a test's own folder.</summary>
internal static class TestAudio
{
    /// <summary>Digital silence; the format follows the name's extension.</summary>
    public static string Silence(ScratchFolder folder, double seconds, int rate = 16000, string name = "silence.wav") =>
        Ffmpeg(folder[name], "-f", "lavfi", "-i", $"anullsrc=r={rate}:cl=mono", "-t", Text(seconds));

    /// <summary>A sine of amplitude 1/8, left and right alike when there are two channels.</summary>
    public static string Tone(
        ScratchFolder folder, double seconds, double hertz = 440, int rate = 44100, int channels = 1, string name = "tone.wav") =>
        Ffmpeg(
            folder[name], "-f", "lavfi", "-i", $"sine={Text(hertz)}:r={rate}:d={Text(seconds)}",
            "-af", channels == 2 ? "pan=stereo|c0=c0|c1=c0" : "anull");

    /// <summary>A minute of plucked chords over a bass and a beat, without a voice: 15 bars of four seconds in four harmonies.</summary>
    public static string Instrumental(ScratchFolder folder, string name = "instrumental.wav")
    {
        string[][] chords = [["C4", "E4", "G4", "C2"], ["A3", "C4", "E4", "A1"], ["F3", "A3", "C4", "F1"], ["G3", "B3", "D4", "G1"]];
        var bars = new List<string>();
        foreach (var (notes, i) in chords.Select((notes, i) => (notes, i)))
        {
            var bar = folder[$"bar{i}.wav"];
            Run("sox", ["-R", "-n", "-r", "16000", bar, "synth", "1", "pluck", notes[0], "pluck", notes[1], "pluck", notes[2],
                "sine", notes[3], "remix", "1,2,3,4", "repeat", "3", "tremolo", "2", "30", "gain", "-n", "-6"]);
            bars.Add(bar);
        }
        var output = folder[name];
        Run("sox", ["-R", .. Enumerable.Range(0, 15).Select(i => bars[i % bars.Count]), output]);
        return output;
    }

    /// <summary>Noise of sox: <c>brownnoise</c>, <c>pinknoise</c> or <c>whitenoise</c>, always the same for the same arguments.</summary>
    public static string Noise(ScratchFolder folder, double seconds, string kind = "brownnoise", double volume = 0.5, int rate = 16000)
    {
        var path = folder[kind + ".wav"];
        Run("sox", "-R", "-n", "-r", Text(rate), "-c", "1", path, "synth", Text(seconds), kind, "vol", Text(volume));
        return path;
    }

    /// <summary>Speech of espeak-ng, 22050 Hz mono; skips the test, counted, where espeak-ng is missing.</summary>
    public static string Speech(ScratchFolder folder, string words, string name = "speech.wav")
    {
        Need("espeak-ng");
        Run("espeak-ng", "-v", "en", "-s", "140", "-w", folder[name], words);
        return folder[name];
    }

    /// <summary>A tone in one of many channels, silence in the others.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="layout">An ffmpeg channel layout such as <c>5.1</c> or <c>7.1</c>.</param>
    /// <param name="channels">How many channels the layout has.</param>
    /// <param name="sounding">The channel that sounds, from 0.</param>
    /// <param name="name">The file's name.</param>
    public static string Multichannel(ScratchFolder folder, string layout, int channels, int sounding, string name = "surround.wav")
    {
        var expressions = string.Join('|', Enumerable.Range(0, channels).Select(c => c == sounding ? "0.5*sin(2*PI*440*t)" : "0"));
        return Ffmpeg(folder[name], "-f", "lavfi", "-i", $"aevalsrc={expressions}:c={layout}:s=48000:d=1");
    }

    /// <summary>A WAV file of 32-bit floats, sample by sample.</summary>
    public static string Floats(ScratchFolder folder, float[] samples, int rate = 16000, string name = "floats.wav")
    {
        using var writer = new BinaryWriter(File.Create(folder[name]));
        var bytes = samples.Length * sizeof(float);
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)3);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate * sizeof(float));
        writer.Write((short)sizeof(float));
        writer.Write((short)(8 * sizeof(float)));
        writer.Write("data"u8);
        writer.Write(bytes);
        foreach (var sample in samples)
            writer.Write(sample);
        return folder[name];
    }

    /// <summary>Runs ffmpeg with these arguments and the file to write after them.</summary>
    public static string Ffmpeg(string output, params string[] arguments)
    {
        Run("ffmpeg", ["-hide_banner", "-nostdin", "-v", "error", "-y", .. arguments, output]);
        return output;
    }

    /// <summary>Runs a program and fails the test with its words if it fails.</summary>
    public static void Run(string program, params string[] arguments)
    {
        Need(program);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }

    private static void Need(string program)
    {
        var found = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, program)));
        Assert.SkipUnless(found, $"{program} is not installed");
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
