using System.CommandLine;

namespace Libretto.Cli.Commands.Options;

/// <summary>The option to have lines of other scripts in Latin letters too.</summary>
internal static class RomanizeOption
{
    public static Option<bool> Create() => new("--romanize")
    {
        Description = "Add the words in Latin letters where they are written in others, for singers who cannot read those. " +
            "Kanji take MeCab.",
    };
}
