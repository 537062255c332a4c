namespace Libretto;

/// <summary>What an error means to whoever has to answer for it: the exit code of a program, the status of an HTTP answer.</summary>
public enum ErrorKind
{
    /// <summary>What was asked for does not exist or does not go together: an option, a setting, a name.</summary>
    Usage,

    /// <summary>A song, a link or lyrics cannot be used; another one can.</summary>
    Input,

    /// <summary>It is longer or larger than is allowed.</summary>
    TooLarge,

    /// <summary>A result cannot be written, or the disk is full.</summary>
    Output,

    /// <summary>Something that is needed is not there: a program, a model, a key, a server, the network.</summary>
    Missing,

    /// <summary>The work itself failed.</summary>
    Failed,
}
