using System.Globalization;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Libretto.Lyrics.Formats.Yaml;

/// <summary>
/// Lyricsfile: LRCLIB's YAML with a time for every word, as lrcget writes it (version 1.0). A word's text holds the space after it, so that
/// the texts put together are the line.
/// </summary>
internal sealed class LyricsfileFormat : ILyricsFormat
{
    private const string Version = "1.0";

    public string Name => "lyricsfile";

    public string Extension => ".yaml";

    public string MediaType => "application/yaml";

    public string Keeps => "title, artist, language, length; every word to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        FormatLimits.Tell(document, Holds.Overlaps, notices);
        var normal = DocumentRules.Normalize(document);
        var lines = normal.Lines.Where(line => line.Sung != false).ToList();
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new YamlWriter(text);
        yaml.BeginMap();
        yaml.Text("version", Version);
        yaml.BeginMap("metadata");
        yaml.Text("title", WordText.Clean(document.Title));
        yaml.Text("artist", WordText.Clean(document.Artist));
        if (document.Duration > 0)
            yaml.Number("duration_ms", Milliseconds.From(document.Duration));
        if (document.Language is { } language)
            yaml.Text("language", language);
        yaml.Flag("instrumental", lines.Count == 0);
        yaml.EndMap();
        yaml.BeginList("lines");
        foreach (var line in normal.IsTimed ? lines : [])
            WriteLine(yaml, line);
        yaml.EndList();
        if (lines.Count > 0)
            yaml.Text("plain", string.Concat(lines.Select(line => line.Text + "\n")));
        yaml.EndMap();
        yaml.End();
        return text.ToString().ReplaceLineEndings("\n");
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => LyricsfileReader.Read(text, notices);

    private static void WriteLine(YamlWriter yaml, LyricsLine line)
    {
        yaml.BeginMap();
        yaml.Text("text", line.Text);
        yaml.Number("start_ms", Milliseconds.From(line.Start));
        yaml.Number("end_ms", Milliseconds.From(line.End));
        yaml.BeginList("words");
        for (var i = 0; i < line.Words.Count; i++)
        {
            var word = line.Words[i];
            var space = i + 1 < line.Words.Count && WordJoiner.NeedsSpace(word.Text, line.Words[i + 1].Text) ? " " : "";
            yaml.BeginMap();
            yaml.Text("text", word.Text + space);
            yaml.Number("start_ms", Milliseconds.From(word.Start));
            yaml.Number("end_ms", Milliseconds.From(word.End));
            yaml.EndMap();
        }
        yaml.EndList();
        yaml.EndMap();
    }

    /// <summary>What this format needs of YAML; texts are always quoted, so that none is taken for a number or a tag.</summary>
    private sealed class YamlWriter
    {
        private readonly Emitter _emitter;

        public YamlWriter(TextWriter output)
        {
            _emitter = new Emitter(output);
            _emitter.Emit(new StreamStart());
            _emitter.Emit(new DocumentStart());
        }

        public void BeginMap(string? key = null)
        {
            Key(key);
            _emitter.Emit(new MappingStart());
        }

        public void EndMap() => _emitter.Emit(new MappingEnd());

        public void BeginList(string key)
        {
            Key(key);
            _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        }

        public void EndList() => _emitter.Emit(new SequenceEnd());

        public void Text(string key, string value)
        {
            Key(key);
            _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value, ScalarStyle.DoubleQuoted, isPlainImplicit: false,
                isQuotedImplicit: true));
        }

        public void Number(string key, long value)
        {
            Key(key);
            _emitter.Emit(new Scalar(value.ToString(CultureInfo.InvariantCulture)));
        }

        public void Flag(string key, bool value)
        {
            Key(key);
            _emitter.Emit(new Scalar(value ? "true" : "false"));
        }

        public void End()
        {
            _emitter.Emit(new DocumentEnd(isImplicit: true));
            _emitter.Emit(new StreamEnd());
        }

        private void Key(string? key)
        {
            if (key is not null)
                _emitter.Emit(new Scalar(key));
        }
    }
}
