namespace Libretto.Settings;

/// <summary>One row of <see cref="SettingsTable"/>: where a setting comes from and what it means.</summary>
public sealed class Setting
{
    internal Setting(
        string key, string? flag, string variable, string whenUnset, string description,
        Func<LibrettoSettings, string, LibrettoSettings> apply)
    {
        (Key, Flag, Variable, Default, Description, Apply) = (key, flag, variable, whenUnset, description, apply);
    }

    /// <summary>Its name in the settings file.</summary>
    public string Key { get; }

    /// <summary>Its option on the command line; null when it has none.</summary>
    public string? Flag { get; }

    /// <summary>Its environment variable.</summary>
    public string Variable { get; }

    /// <summary>What holds when it is not set, in words.</summary>
    public string Default { get; }

    /// <summary>What it does, in one line.</summary>
    public string Description { get; }

    /// <summary>Whether its value must never be shown.</summary>
    public bool IsSecret { get; internal init; }

    /// <summary>Puts a value, as text, into the settings; throws <see cref="FormatException"/> saying what is expected.</summary>
    internal Func<LibrettoSettings, string, LibrettoSettings> Apply { get; }
}

/// <summary>A setting's value and where it is from.</summary>
/// <param name="Setting">The row.</param>
/// <param name="Value">As it was given, masked when secret; null when only the default holds.</param>
/// <param name="Origin">The flag, the variable, the file's path, or <c>default</c>.</param>
public sealed record SettingValue(Setting Setting, string? Value, string Origin);
