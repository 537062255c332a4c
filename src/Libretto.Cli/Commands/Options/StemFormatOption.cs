using System.CommandLine;
using Libretto.Audio;

namespace Libretto.Cli.Commands.Options;

/// <summary><c>--stem-format</c>: how stems are written.</summary>
internal static class StemFormatOption
{
    // Floats hold exactly what the network gave, so that the stems add up to the song in WAV too.
    private static readonly Dictionary<string, AudioFormat> s_formats = new()
    {
        ["flac"] = AudioFormat.Flac24,
        ["opus"] = AudioFormat.Opus,
        ["wav"] = AudioFormat.WavFloat,
    };

    public static Option<string> Create()
    {
        var option = new Option<string>("--stem-format")
        {
            Description = "How the stems are written: flac (24 bits), opus or wav (32-bit floats).",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => "flac",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is { } name && !s_formats.ContainsKey(name))
                result.AddError($"'{name}' is no value for --stem-format: choose one of {string.Join(", ", s_formats.Keys)}.");
        });
        return option;
    }

    public static AudioFormat Read(ParseResult parsed, Option<string> option) => s_formats[parsed.GetValue(option)!];
}
