using System.CommandLine;

return new RootCommand("A song in, word-timed lyrics out.").Parse(args).Invoke();
