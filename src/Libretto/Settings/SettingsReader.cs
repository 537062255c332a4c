using System.Text.Json;

namespace Libretto.Settings;

/// <summary>Reads the settings: a flag wins over the environment, the environment over the file, the file over the default.</summary>
public static class SettingsReader
{
    /// <summary>The environment variable that names another settings file.</summary>
    public const string FileVariable = "LIBRETTO_CONFIG";

    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads every setting.</summary>
    /// <param name="flags">What the command line gives, by key; none when null.</param>
    /// <param name="environment">Looks up an environment variable; those of the process when null. An empty one counts as not set.</param>
    /// <exception cref="SettingsException">A value means nothing, or the file cannot be read or sets what does not exist.</exception>
    public static SettingsReading Read(
        IReadOnlyDictionary<string, string>? flags = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var file = FilePath(environment);
        var inFile = ReadFile(file, isNamed: !string.IsNullOrEmpty(environment(FileVariable)));

        var settings = new LibrettoSettings();
        var values = new List<SettingValue>();
        foreach (var setting in SettingsTable.All)
        {
            var (text, origin) = flags?.GetValueOrDefault(setting.Key) is { } flag ? (flag, setting.Flag!)
                : environment(setting.Variable) is { Length: > 0 } variable ? (variable, setting.Variable)
                : inFile.GetValueOrDefault(setting.Key) is { } line ? (line, file)
                : (null, "default");
            if (text is not null)
                settings = setting.Set(settings, text, origin == file ? $"'{setting.Key}' in {file}" : origin);
            values.Add(new SettingValue(setting, text is not null && setting.IsSecret ? "(set)" : text, origin));
        }
        return new SettingsReading(settings with { Hosted = [.. settings.Hosted.Select(engine => WithKey(engine, environment))] },
            values, file);
    }

    /// <summary>Engines of the user's own have their keys in variables that no row of the table names.</summary>
    private static HostedEngine WithKey(HostedEngine engine, Func<string, string?> environment)
    {
        if (engine is not { Key: null, KeyVariable: { } variable } || string.IsNullOrWhiteSpace(environment(variable)))
            return engine;
        try
        {
            return engine with { Key = HostedSetting.Key(environment(variable)!) };
        }
        catch (FormatException e)
        {
            throw SettingsException.Invalid(variable, "(secret)", e.Message);
        }
    }

    /// <summary>The settings file: <c>$LIBRETTO_CONFIG</c>, else <c>libretto.json</c> in the user's folder for settings.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static string FilePath(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment(FileVariable) is { Length: > 0 } named)
            return Path.GetFullPath(named);
        // The XDG specification: a relative path is to be ignored.
        var folder = !OperatingSystem.IsWindows() && environment("XDG_CONFIG_HOME") is { } xdg && Path.IsPathFullyQualified(xdg)
            ? xdg
            : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData);
        return Path.Combine(folder, "libretto.json");
    }

    private static Dictionary<string, string> ReadFile(string file, bool isNamed)
    {
        var values = new Dictionary<string, string>();
        if (!File.Exists(file))
            return isNamed ? throw SettingsException.FileMissing(file) : values;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), s_lenient);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                var setting = SettingsTable.All.FirstOrDefault(setting => setting.Key == member.Name)
                    ?? throw SettingsException.UnknownKey(file, member.Name);
                values[setting.Key] = AsText(member.Value, setting);
            }
            return values;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw SettingsException.FileBroken(file, e);
        }
    }

    /// <summary>A list may be written as a list; the rest as text, number or truth.</summary>
    private static string AsText(JsonElement value, Setting setting) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(
            setting.Key == "models" ? Path.PathSeparator : ',', value.EnumerateArray().Select(item => item.GetString())),
        _ => value.GetRawText(),
    };
}

/// <summary>The settings as read.</summary>
/// <param name="Settings">The values.</param>
/// <param name="Values">Each setting in the table's order, with where its value is from.</param>
/// <param name="File">The settings file, which need not exist.</param>
public sealed record SettingsReading(LibrettoSettings Settings, IReadOnlyList<SettingValue> Values, string File);
