using Libretto.Settings;

namespace Libretto.Tests.Settings;

public class HostedSettingTests
{
    [Fact]
    public void Keys_come_from_their_variables_and_are_shown_nowhere()
    {
        var read = Read(("GROQ_API_KEY", "gsk_secret\n"));
        Assert.Equal([("groq", "gsk_secret", true), ("openai", null, false)], read.Settings.Hosted.Select(engine => (engine.Name, engine.Key, engine.IsReady)));
        Assert.DoesNotContain("gsk_secret", string.Join(' ', read.Settings, read.Settings.Hosted[0], string.Join(' ', read.Values)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gsk_first\nsecond", "a line break")]
    [InlineData("\u201Cgsk_key\u201D", "quotes")]
    [InlineData("\"gsk_key\"", "quotes")]
    [InlineData("gsk_key and more", "a space")]
    [InlineData("gsk_k\u00E9y", "beyond ASCII")]
    [InlineData("gsk_\u0000key", "control character")]
    public void A_key_that_was_copied_with_more_than_itself_is_refused_by_its_variables_name(string key, string says)
    {
        foreach (var (name, others) in new (string, (string, string)[])[]
            {
                ("GROQ_API_KEY", []), ("OPENAI_API_KEY", []),
                ("MY_KEY", [("LIBRETTO_HOSTED", """{ "mine": { "url": "http://10.0.0.5/v1", "model": "m", "key-variable": "MY_KEY" } }""")]),
            })
        {
            var error = Assert.Throws<SettingsException>(() => Read([.. others, (name, key)]));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("gsk", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_engine_of_ones_own_needs_an_address_and_a_model()
    {
        var read = Read(
            ("LIBRETTO_HOSTED", """
                { "speaches": { "url": "http://10.0.0.5:8000/v1", "model": "large-v3", "key-variable": "SPEACHES_KEY", "max-megabytes": 100,
                  "dollars-an-hour": 0, "requests-a-minute": 5, "audio-seconds-a-day": 3600 } }
                """),
            ("SPEACHES_KEY", "mine"), ("LIBRETTO_ENGINE", "speaches"));
        var engine = read.Settings.Hosted[^1];
        Assert.Equal(3, read.Settings.Hosted.Count);
        Assert.Equal(
            new HostedEngine("speaches", new Uri("http://10.0.0.5:8000/v1/"), "large-v3")
            {
                KeyVariable = "SPEACHES_KEY",
                Key = "mine",
                MaxMegabytes = 100,
                DollarsAnHour = 0,
                Limits = new HostedLimits { RequestsAMinute = 5, AudioSecondsADay = 3600 },
            },
            engine);
        Assert.Equal("speaches", read.Settings.Engine);
    }

    [Fact]
    public void A_known_engine_is_changed_where_the_setting_says_so()
    {
        var groq = Read(
            ("LIBRETTO_HOSTED", """{ "groq": { "url": "http://127.0.0.1:9/v1", "model": "whisper-large-v3", "requests-a-minute": null, "automatic": false } }"""),
            ("GROQ_API_KEY", "k")).Settings.Hosted[0];
        Assert.Equal(("http://127.0.0.1:9/v1/", "whisper-large-v3", "k", false), (groq.Address.ToString(), groq.Model, groq.Key, groq.IsAutomatic));
        Assert.Equal((null, 2000), (groq.Limits.RequestsAMinute, groq.Limits.RequestsADay));
    }

    [Theory]
    [InlineData("groq", "give JSON such as")]
    [InlineData("""["groq"]""", "give JSON such as")]
    [InlineData("""{ "mine": { "model": "m" } }""", "'mine' wants at least a url and a model")]
    [InlineData("""{ "mine": { "url": "ftp://x", "model": "m" } }""", "'ftp://x' is no web address")]
    [InlineData("""{ "groq": { "modell": "m" } }""", "'modell' means nothing")]
    [InlineData("""{ "groq": { "max-megabytes": -1 } }""", "max-megabytes takes a number from 0")]
    [InlineData("""{ "groq": { "model": 3 } }""", "give JSON such as")]
    [InlineData("""{ "whisper": { "model": "m" } }""", "'whisper' cannot be the name")]
    public void What_is_not_understood_is_refused_with_what_is_expected(string text, string expected)
    {
        var error = Assert.Throws<SettingsException>(() => Read(("LIBRETTO_HOSTED", text)));
        Assert.Equal("setting_invalid", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static SettingsReading Read(params (string Name, string Value)[] variables) => SettingsReader.Read(
        environment: name => name == "XDG_CONFIG_HOME" ? "/nowhere" : variables.FirstOrDefault(variable => variable.Name == name).Value);
}
