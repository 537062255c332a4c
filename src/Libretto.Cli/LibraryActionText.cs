using Libretto.Library;

namespace Libretto.Cli;

/// <summary>What is done with a song of a collection, for people: the display and the report say the same.</summary>
internal static class LibraryActionText
{
    /// <summary>An action in a word.</summary>
    public static string Word(LibraryAction action) => action switch
    {
        LibraryAction.TimeWords => "time words",
        LibraryAction.LookUp => "look up",
        _ => action.ToString().ToLowerInvariant(),
    };

    /// <summary>An action in a sentence.</summary>
    public static string Sentence(LibraryAction action) => action switch
    {
        LibraryAction.Keep => "have what is wanted: left alone",
        LibraryAction.Instrumental => "are without words: left alone",
        LibraryAction.Convert => "have word times in a document: written in the formats wanted",
        LibraryAction.Tag => "have lyrics: written into their tags",
        LibraryAction.TimeWords => "have times of lines: their words are timed, the lines stay",
        LibraryAction.Align => "have words: timed",
        LibraryAction.LookUp => "have no words: looked up, else transcribed",
        LibraryAction.Transcribe => "have no words: transcribed",
        LibraryAction.Blocked => "cannot be done: the files belong to someone else",
        _ => "cannot be used",
    };
}
