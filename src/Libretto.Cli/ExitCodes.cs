namespace Libretto.Cli;

/// <summary>What the program ends with; a contract, listed in docs/errors.md and in the help.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int Input = 3;
    public const int Output = 4;
    public const int Missing = 5;
    public const int Failed = 6;

    /// <summary>How a shell counts a program that SIGPIPE ended.</summary>
    public const int BrokenPipe = 128 + 13;

    /// <summary>The table as the help shows it.</summary>
    public const string Help =
        """
          0  done, also when the song has no words
          1  an error Libretto did not expect
          2  the command line or a setting is wrong
          3  a song or lyrics file cannot be used
          4  a result cannot be written
          5  something Libretto needs is missing: a program, a model, the network
          6  the work itself failed
          130, 143  ended by Ctrl-C or by a request to end
          Of several songs the first that failed decides.
        """;

    public static int Of(LibrettoException error) => error.Kind switch
    {
        ErrorKind.Usage => Usage,
        ErrorKind.Input or ErrorKind.TooLarge => Input,
        ErrorKind.Output => Output,
        ErrorKind.Missing => Missing,
        _ => Failed,
    };

    /// <summary>Whether the error would meet every other song of a batch too.</summary>
    public static bool ConcernsEverySong(int exitCode) => exitCode is Usage or Missing;
}
