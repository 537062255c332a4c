using System.CommandLine;
using Libretto.Server;

namespace Libretto.Cli.Commands.Options;

/// <summary>The rows of the server's settings that have a flag, as options of a command.</summary>
internal sealed class ServerFlags
{
    private readonly Dictionary<string, Option<string>> _options;

    /// <param name="command">The command that gets the options.</param>
    /// <param name="flags">The flags it has use for; all when none are named.</param>
    public ServerFlags(Command command, params string[] flags)
    {
        _options = ServerSettings.All
            .Where(setting => setting.Flag is not null && (flags.Length == 0 || flags.Contains(setting.Flag)))
            .ToDictionary(setting => setting.Flag!, setting => new Option<string>(setting.Flag!)
            {
                Description = $"{setting.Description} [default: ${setting.Variable}, else {setting.Default}]",
                HelpName = setting.ValueName,
            });
        foreach (var option in _options.Values)
            command.Add(option);
    }

    /// <summary>The server's options: the environment's, with what the command line gives on top.</summary>
    public ServerOptions Read(ParseResult parsed) => ServerSettings.Read(_options
        .Where(pair => parsed.GetResult(pair.Value) is { Implicit: false })
        .ToDictionary(pair => pair.Key, pair => parsed.GetValue(pair.Value) ?? ""));
}
