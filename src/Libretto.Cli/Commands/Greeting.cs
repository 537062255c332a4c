namespace Libretto.Cli.Commands;

/// <summary>What <c>libretto</c> says when it is told nothing: what to type first.</summary>
internal static class Greeting
{
    private const string Sample = "samples/morning-light.ogg";

    /// <summary>Three examples, the first with the sample song where this is a checkout.</summary>
    public static void Write(TextWriter output)
    {
        var (program, sample) = Checkout() is { } root ? (Near(root, "libretto"), Near(root, Sample)) : ("libretto", null);
        var first = sample is null ? "song.mp3" : $"{sample} --out out";
        var what = sample is null
            ? "writes song.json and song.lrc beside the song"
            : "the sample song: 40 seconds, made for Libretto; your own songs go the same way";
        output.WriteLine(
            $"""
            Libretto: a song in, word-timed lyrics out.

              {program} {first}
                  {what}
              {program} karaoke https://youtu.be/ID
                  a video and a page to sing to, of a link or a file
              {program} serve
                  a page at http://127.0.0.1:5400/, to sing along and to put words right

            '{program} doctor' says what this machine will do with a song, '{program} --help' all there is.
            """);
    }

    /// <summary>The checkout that the launcher built this program in; null when it was installed.</summary>
    private static string? Checkout()
    {
        var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return File.Exists(Path.Combine(root, Sample)) && File.Exists(Path.Combine(root, "libretto")) ? root : null;
    }

    /// <summary>A path in the checkout as it is typed from here.</summary>
    private static string Near(string root, string path)
    {
        var near = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(root, path));
        return near == "libretto" ? "./libretto" : near;
    }
}
