using System.Diagnostics;
using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>What <c>libretto library</c> writes, read by programs that are not ours: mutagen the tags, lrc-kit from npm the sidecars.</summary>
public sealed class LibraryReadersTests : IDisposable
{
    private const string Timed = "[la:es]\n[00:00.25]<00:00.25>el <00:00.50>sol\n[00:00.75]<00:00.75>sale <00:00.90>ya\n";

    /// <summary>Prints what mutagen finds: a file's words, and times in milliseconds where its tags hold them apart.</summary>
    private const string Mutagen =
        """
        import sys, json, mutagen
        found = {}
        for path in sys.argv[1:]:
            file = mutagen.File(path)
            tags = file.tags
            if hasattr(tags, 'getall'):
                found[path] = {'words': tags.getall('USLT')[0].text, 'lang': tags.getall('SYLT')[0].lang, 'lines': tags.getall('SYLT')[0].text}
            else:
                found[path] = {'words': (tags.get('LYRICS') or tags.get('\xa9lyr'))[0]}
            found[path]['length'] = file.info.length
        print(json.dumps(found))
        """;

    private readonly LibrettoProgram _libretto = new();

    public LibraryReadersTests() => Directory.CreateDirectory(_libretto.Folder["music"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task Mutagen_reads_the_tags_of_every_kind_of_file()
    {
        // Debian's own Python, where another may come first.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        Assert.SkipUnless(await HasMutagenAsync(python), "mutagen is not installed (apt-get install python3-mutagen)");
        string[] kinds = ["mp3", "flac", "ogg", "opus", "m4a"];
        foreach (var kind in kinds)
        {
            var made = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-metadata", "title=Sol", $"music/{kind}.{kind}"]);
            Assert.True(made.ExitCode == 0, made.Errors);
            File.WriteAllText(_libretto.Folder[$"music/{kind}.elrc"], Timed);
        }

        var run = await _libretto.RunAsync("library", "music", "--write", "none", "--tags", "synced");
        Assert.True(run.ExitCode == 0, run.Errors);
        var read = await _libretto.RunAsync(python, ["-c", Mutagen, .. kinds.Select(kind => $"music/{kind}.{kind}")]);
        Assert.True(read.ExitCode == 0, read.Errors);

        var found = JsonDocument.Parse(read.Output).RootElement;
        foreach (var kind in kinds)
        {
            var file = found.GetProperty($"music/{kind}.{kind}");
            Assert.InRange(file.GetProperty("length").GetDouble(), 1.9, 2.2);
            var words = file.GetProperty("words").GetString()!;
            Assert.Contains("el sol", words, StringComparison.Ordinal);
            if (kind != "mp3")
                Assert.Contains("[00:00.75]sale ya", words, StringComparison.Ordinal);
        }
        var mp3 = found.GetProperty("music/mp3.mp3");
        Assert.Equal("spa", mp3.GetProperty("lang").GetString());
        Assert.Equal([("el sol", 250), ("sale ya", 750)], mp3.GetProperty("lines").EnumerateArray().Select(line => (line[0].GetString()!, line[1].GetInt32())));
    }

    [Fact]
    public async Task A_parser_from_npm_reads_the_lines_and_words_of_the_sidecars()
    {
        var reader = await InstallAsync();
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        var run = await _libretto.RunAsync("library", "music", "--engine", "moonshine", "--write", "lrc,elrc,ttml");
        Assert.True(run.ExitCode == 0, run.Errors);

        var read = await _libretto.RunAsync("node", [Path.Combine(reader, "read.mjs"), "music/song.lrc", "music/song.elrc"]);
        Assert.True(read.ExitCode == 0, read.Errors);
        var found = JsonDocument.Parse(read.Output).RootElement;
        var (plain, enhanced) = (Lines(found, "music/song.lrc"), Lines(found, "music/song.elrc"));
        Assert.Equal(plain.Select(line => (line.Start, line.Text)), enhanced.Select(line => (line.Start, line.Text)));
        Assert.Contains("birds", string.Join(' ', plain.Select(line => line.Text)), StringComparison.Ordinal);
        foreach (var line in enhanced)
        {
            Assert.Equal(line.Text, string.Join(' ', line.Words.Select(word => word.Text)));
            Assert.Equal(line.Words.Select(word => word.Start).Order(), line.Words.Select(word => word.Start));
            Assert.Equal(line.Start, line.Words[0].Start, 0.011);
        }
    }

    private static List<(double Start, string Text, List<(double Start, string Text)> Words)> Lines(JsonElement found, string file) =>
        [.. found.GetProperty(file).EnumerateArray()
            .Select(line => (Start: line[0].GetDouble(), Text: line[1].GetString()!.Trim(), Words: line[2].EnumerateArray()
                .Select(word => (word[0].GetDouble(), word[1].GetString()!)).Where(word => word.Item2.Length > 0).ToList()))
            .Where(line => line.Text.Length > 0)];

    private async Task<bool> HasMutagenAsync(string python)
    {
        try
        {
            return (await _libretto.RunAsync(python, ["-c", "import mutagen"])).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>The npm parser, fetched once by its lock file; skips the test, counted, where that cannot be done.</summary>
    private static async Task<string> InstallAsync()
    {
        var source = Repository.File("tests", "Libretto.Cli.Tests", "LrcNode");
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "lrc-node")).FullName;
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (File.Exists(Path.Combine(folder, "node_modules", "lrc-kit", "package.json")))
            return folder;
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--silent", "--no-audit", "--no-fund"]) { WorkingDirectory = folder })!;
            await npm.WaitForExitAsync(Ct);
            Assert.SkipUnless(npm.ExitCode == 0, "npm cannot fetch the parser");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node and npm are not installed");
        }
        return folder;
    }
}
