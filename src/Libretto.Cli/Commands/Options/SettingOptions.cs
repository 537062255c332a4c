using System.CommandLine;
using Libretto.Settings;

namespace Libretto.Cli.Commands.Options;

/// <summary>The settings table's rows as options of a command.</summary>
internal sealed class SettingOptions
{
    private readonly Dictionary<Setting, Option> _options;

    /// <param name="command">The command that gets the options.</param>
    /// <param name="keys">The settings it has use for.</param>
    public SettingOptions(Command command, params string[] keys)
    {
        _options = SettingsTable.All
            .Where(setting => setting.Flag is not null && keys.Contains(setting.Key))
            .ToDictionary(setting => (Setting)setting, Create);
        foreach (var option in _options.Values)
            command.Add(option);
    }

    /// <summary>The settings, with what the command line gives on top.</summary>
    public LibrettoSettings Read(ParseResult parsed) => SettingsReader.Read(Given(parsed)).Settings;

    /// <summary>Whether the command line itself gives a setting.</summary>
    public bool IsGiven(ParseResult parsed, string key) => Given(parsed).ContainsKey(key);

    private Dictionary<string, string> Given(ParseResult parsed) => _options
        .Where(pair => parsed.GetResult(pair.Value) is { Implicit: false })
        .ToDictionary(pair => pair.Key.Key, pair => pair.Value is Option<bool> ? "true" : parsed.GetValue((Option<string>)pair.Value)!);

    private static Option Create(Setting setting) => setting.Key == "local"
        ? new Option<bool>(setting.Flag!) { Description = setting.Description }
        : new Option<string>(setting.Flag!)
        {
            Description = $"{setting.Description} [default: {setting.Default}]",
            HelpName = setting.Key switch
            {
                "out" => "DIR",
                "format" => "LIST",
                "cookies" => "FILE",
                "threads" => "N",
                "language" => "LANG",
                "separate" or "quality" => "MODE",
                _ => "NAME",
            },
        };
}
