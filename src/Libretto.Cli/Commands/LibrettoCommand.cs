using System.CommandLine;
using Libretto.Cli.Commands.Options;

namespace Libretto.Cli.Commands;

/// <summary>The whole command line.</summary>
internal static class LibrettoCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "A song in, word-timed lyrics out. 'libretto FILE-OR-LINK...' is short for 'libretto transcribe FILE-OR-LINK...'.")
        {
            TranscribeCommand.Create(),
            TranscribeCommand.CreateAlign(),
            SeparateCommand.Create(),
            KaraokeCommand.Create(),
            LibraryCommand.Create(),
            PublishCommand.Create(),
            ScoreCommand.Create(),
            ConvertCommand.Create(),
            ModelsCommand.Create(),
            CacheCommand.Create(),
            DoctorCommand.Create(),
            ServeCommand.Create(),
            JobsCommand.Create(),
            KeysCommand.Create(),
        };
        HelpTexts.Attach(root);
        root.SetAction(_ => Greeting.Write(Console.Out));
        return root;
    }

    /// <summary>A command line that begins with neither a command nor an option of the root itself is about songs.</summary>
    public static string[] Expand(string[] args, RootCommand root)
    {
        var known = root.Subcommands.Select(command => command.Name)
            .Concat(root.Options.SelectMany(option => option.Aliases.Append(option.Name)));
        return args.Length == 0 || known.Contains(args[0]) ? args : [TranscribeCommand.Name, .. args];
    }
}
