using Libretto.Settings;
using Libretto.Tests.Support;

namespace Libretto.Tests.Settings;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    public SettingsReaderTests() => _environment["XDG_CONFIG_HOME"] = _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_anything_set_every_default_holds()
    {
        var read = Read();
        Assert.Equivalent(new LibrettoSettings(), read.Settings);
        Assert.All(read.Values, value => Assert.Equal("default", value.Origin));
        Assert.Equal(SettingsTable.All, read.Values.Select(value => value.Setting));
    }

    [Fact]
    public void A_flag_wins_over_the_environment_over_the_file()
    {
        File.WriteAllText(_folder["libretto.json"], """{ "engine": "whisper", "language": "fr", "threads": 3 /* mine */, }""");
        _environment["LIBRETTO_ENGINE"] = "moonshine";
        _environment["LIBRETTO_LANGUAGE"] = "de";

        var read = Read(("engine", "auto"));

        Assert.Equal(("auto", "--engine"), Shown(read, "engine"));
        Assert.Equal(("de", "LIBRETTO_LANGUAGE"), Shown(read, "language"));
        Assert.Equal(("3", _folder["libretto.json"]), Shown(read, "threads"));
        Assert.Equal(3, read.Settings.Threads);
    }

    [Fact]
    public void Every_setting_can_come_from_the_file_and_reaches_its_property()
    {
        File.WriteAllText(_folder["libretto.json"], """
            { "engine": "whisper", "model": "whisper-base", "language": "Spanish", "local": true, "threads": 2, "format": ["srt", "txt"],
              "out": "results", "cache": "/c", "models": ["/a", "/b"], "ffmpeg": "/opt/ffmpeg", "hub": "https://mirror.example", "hub-token": "secret" }
            """);
        Assert.Equivalent(
            new LibrettoSettings
            {
                Engine = "whisper",
                Model = "whisper-base",
                Language = "es",
                Local = true,
                Threads = 2,
                Formats = ["srt", "txt"],
                Out = "results",
                Cache = "/c",
                Models = ["/a", "/b"],
                Ffmpeg = "/opt/ffmpeg",
                Hub = new Uri("https://mirror.example/"),
                HubToken = "secret",
            },
            Read().Settings);
    }

    [Theory]
    [InlineData("engine", "kaldi", "choose one of auto, moonshine, whisper")]
    [InlineData("language", "klingon", "give a language's tag")]
    [InlineData("threads", "-1", "from 0 to 256")]
    [InlineData("threads", "many", "from 0 to 256")]
    [InlineData("local", "perhaps", "true or false")]
    [InlineData("hub", "file:///etc", "a web address")]
    [InlineData("format", " , ", "must not be empty")]
    public void A_value_that_means_nothing_is_refused_with_what_is_expected(string key, string value, string expected)
    {
        var error = Assert.Throws<SettingsException>(() => Read((key, value)));
        Assert.Equal("setting_invalid", error.Code);
        Assert.Contains($"for {SettingsTable.All.Single(setting => setting.Key == key).Flag}", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        _environment["HF_TOKEN"] = "hf_12345";
        var read = Read();
        Assert.Equal("hf_12345", read.Settings.HubToken);
        Assert.Equal(("(set)", "HF_TOKEN"), Shown(read, "hub-token"));
        Assert.DoesNotContain("hf_12345", read.Settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_key_in_the_file_is_named()
    {
        File.WriteAllText(_folder["libretto.json"], """{ "engin": "auto" }""");
        var error = Assert.Throws<SettingsException>(() => Read());
        Assert.Equal("setting_unknown", error.Code);
        Assert.Contains("'engin'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    public void A_broken_file_is_named(string content)
    {
        File.WriteAllText(_folder["libretto.json"], content);
        var error = Assert.Throws<SettingsException>(() => Read());
        Assert.Equal("settings_file_invalid", error.Code);
        Assert.Contains(_folder["libretto.json"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_settings_file_that_was_asked_for_must_exist()
    {
        _environment[SettingsReader.FileVariable] = _folder["other.json"];
        Assert.Equal("settings_file_missing", Assert.Throws<SettingsException>(() => Read()).Code);
    }

    [Fact]
    public void A_relative_folder_for_settings_is_ignored()
    {
        _environment["XDG_CONFIG_HOME"] = "somewhere";
        Assert.True(Path.IsPathFullyQualified(SettingsReader.FilePath(Environment)));
    }

    private string? Environment(string name) => _environment.GetValueOrDefault(name);

    private SettingsReading Read(params (string Key, string Value)[] flags) =>
        SettingsReader.Read(flags.ToDictionary(flag => flag.Key, flag => flag.Value), Environment);

    private static (string?, string) Shown(SettingsReading read, string key)
    {
        var value = read.Values.Single(value => value.Setting.Key == key);
        return (value.Value, value.Origin);
    }
}
