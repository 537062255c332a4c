using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>libretto align</c>, with lyrics and sounds that do not make it easy.</summary>
public sealed class AlignTests : IDisposable
{
    private const string Speech =
        "And so my fellow Americans\nask not\nwhat your country can do for you\nask what you can do for your country\n";

    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task Given_words_are_timed_line_by_line_whatever_the_sound_is_made_of()
    {
        Repository.SharedFile("models", "whisper-base");
        var speech = Repository.SharedFile("audio", "jfk.wav");
        foreach (var conversion in (string[][])[[], ["-ar", "8000", "-ac", "1"], ["-ar", "192000", "-ac", "5"]])
        {
            var song = await ConvertAsync(speech, ["-y", .. conversion]);
            var document = Aligned(await AlignAsync(song, Speech), song);

            var lines = document.GetProperty("lines").EnumerateArray().ToArray();
            Assert.Equal(Speech.Split('\n', StringSplitOptions.RemoveEmptyEntries), lines.Select(line => line.GetProperty("text").GetString()));
            Assert.False(document.GetProperty("method").GetProperty("lyrics").GetProperty("unsure").GetBoolean(), string.Join(' ', conversion));
            Assert.InRange(lines[0].GetProperty("start").GetDouble(), 0, 0.7);
            Assert.InRange(lines[3].GetProperty("start").GetDouble(), 7.8, 8.6);
        }
    }

    [Fact]
    public async Task Lines_keep_the_times_they_have_where_those_are_the_songs()
    {
        Repository.SharedFile("models", "whisper-base");
        var speech = await ConvertAsync(Repository.SharedFile("audio", "jfk.wav"));
        double[] times = [0.41, 3.42, 5.53, 8.24], others = [0, 1, 2, 10];

        var kept = await AlignAsync(speech, Lrc(times));
        Assert.Equal(times, Starts(kept));
        Assert.Contains("The lines keep their own times", kept.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\"estimated\"", File.ReadAllText(_libretto.Folder["song.json"]), StringComparison.Ordinal);

        var anew = await AlignAsync(speech, Lrc(others));
        Assert.InRange(Starts(anew)[3], 7.8, 8.6);
        Assert.Contains("do not fit the recording", anew.Errors, StringComparison.Ordinal);

        static string Lrc(double[] starts) => string.Concat(Speech.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Zip(starts, (line, start) => FormattableString.Invariant($"[00:{start:00.00}]{line}\n")));

        double[] Starts(Outcome run) =>
            [.. Aligned(run, speech).GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("start").GetDouble())];
    }

    [Fact]
    public async Task Lyrics_that_are_not_sung_here_are_timed_but_not_believed()
    {
        Repository.SharedFile("models", "whisper-base");
        var speech = await ConvertAsync(Repository.SharedFile("audio", "jfk.wav"));
        foreach (var (what, lyrics) in ((string, string)[])
            [
                ("another song", "Happy birthday to you\nhappy birthday dear Susan\nmany candles burn tonight\n"),
                ("another script", "В лесу родилась ёлочка\nв лесу она росла\n"),
                ("another language", "Und deshalb meine Mitbürger\nfragt nicht\nwas euer Land für euch tun wird\n"),
            ])
        {
            var run = await AlignAsync(speech, lyrics);
            var fit = Aligned(run, "song.wav").GetProperty("method").GetProperty("lyrics");

            Assert.True(fit.GetProperty("unsure").GetBoolean(), what);
            Assert.InRange(fit.GetProperty("matched").GetDouble(), 0, 0.2);
            Assert.Contains("The lyrics fit badly", run.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("silence", "anullsrc=d=5")]
    [InlineData("a tune over a bass", "aevalsrc='0.3*sin(2*PI*t*440*pow(2,floor(mod(3*t,5))/6))*exp(-3*mod(t,1/3))+0.2*sin(2*PI*t*110)':d=12")]
    public async Task An_instrumental_holds_no_words_and_the_lyrics_say_so(string what, string sound)
    {
        var made = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", sound, "song.wav"]);
        Assert.True(made.ExitCode == 0, made.Errors);
        var run = await AlignAsync("song.wav", Speech);
        var document = Aligned(run, "song.wav");

        var fit = document.GetProperty("method").GetProperty("lyrics");
        Assert.True(fit.GetProperty("unsure").GetBoolean(), what);
        Assert.Equal(0, fit.GetProperty("matched").GetDouble());
        Assert.NotEmpty(document.GetProperty("checks").EnumerateArray());
        Assert.Contains("The lyrics fit badly: 0", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fifth_of_a_second_is_a_song_too()
    {
        var song = await SoundAsync("-t", "0.2");
        var document = Aligned(await AlignAsync(song, Speech), song);
        Assert.All(
            document.GetProperty("lines").EnumerateArray().SelectMany(line => line.GetProperty("words").EnumerateArray()),
            word => Assert.InRange(word.GetProperty("start").GetDouble(), 0, word.GetProperty("end").GetDouble()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    [InlineData("[ti:only tags]\n[ar:no words]\n")]
    public async Task Lyrics_without_words_are_refused_before_anything_is_computed(string lyrics)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        // Whatever looks at the song would complain of this.
        _libretto["LIBRETTO_FFMPEG"] = "/nonexistent/ffmpeg";
        var run = await AlignAsync("song.wav", lyrics);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("words.txt", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("ffmpeg", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("song.json", _libretto.Files);
    }

    [Fact]
    public async Task Lyrics_may_come_through_standard_input()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the command is of Unix");
        _libretto["LIBRETTO_MODELS"] = TestModels.Folder;
        File.WriteAllText(_libretto.Folder["words.txt"], Speech);
        var song = await SoundAsync();

        const string Command = "cat words.txt | dotnet \"$1\" align \"$2\" --lyrics - --model whisper-base --language en";
        var document = Aligned(await _libretto.RunAsync("bash", ["-c", Command, "bash", LibrettoProgram.Dll, song]), song);

        Assert.Equal("ask not", document.GetProperty("lines")[1].GetProperty("text").GetString());
    }

    private async Task<Outcome> AlignAsync(string song, string lyrics)
    {
        _libretto["LIBRETTO_MODELS"] = TestModels.Folder;
        File.WriteAllText(_libretto.Folder["words.txt"], lyrics);
        return await _libretto.RunAsync("align", song, "--lyrics", "words.txt", "--model", "whisper-base", "--language", "en", "--force");
    }

    private JsonElement Aligned(Outcome run, string song)
    {
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonDocument.Parse(File.ReadAllText(_libretto.Folder[Path.ChangeExtension(song, ".json")])).RootElement;
    }

    private Task<string> SoundAsync(params string[] conversion) => ConvertAsync(Samples.TwoLines, conversion);

    private async Task<string> ConvertAsync(string sound, params string[] conversion)
    {
        var run = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-i", sound, .. conversion, "song.wav"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return "song.wav";
    }
}
