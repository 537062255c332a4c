using Libretto.Cli.Results;

namespace Libretto.Cli;

/// <summary>Standard input in the place of a file.</summary>
internal static class StandardInput
{
    /// <summary>The word that stands for it on the command line.</summary>
    public const string Word = "-";

    /// <summary>Opens it.</summary>
    /// <exception cref="InputException">Nothing is given to it but the keyboard, on which nobody types a song.</exception>
    public static Stream Open() => Console.IsInputRedirected ? Console.OpenStandardInput() : throw InputException.Keyboard();
}
