namespace Libretto.Settings;

/// <summary>One row of a table of settings: where it comes from and what it means.</summary>
/// <param name="Key">Its name in the settings file; that of its variable where no file has it.</param>
/// <param name="Flag">Its option on the command line; null when it has none.</param>
/// <param name="Variable">Its environment variable.</param>
/// <param name="Default">What holds when it is not set, in words.</param>
/// <param name="Description">What it does, in one line.</param>
public abstract record Setting(string Key, string? Flag, string Variable, string Default, string Description)
{
    /// <summary>What help calls its value; null when it has no option of its own there.</summary>
    public string? ValueName { get; init; }

    /// <summary>Whether its value must never be shown.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>A row of the table of a kind of settings: the library's (<see cref="SettingsTable"/>), or a program's over it.</summary>
/// <typeparam name="T">The settings, immutable.</typeparam>
/// <param name="Key">See <see cref="Setting"/>.</param>
/// <param name="Flag">Likewise.</param>
/// <param name="Variable">Likewise.</param>
/// <param name="Default">Likewise.</param>
/// <param name="Description">Likewise.</param>
/// <param name="Apply">Puts a value, as text, into the settings; throws <see cref="FormatException"/> that says what is expected.</param>
public sealed record Setting<T>(
    string Key, string? Flag, string Variable, string Default, string Description, Func<T, string, T> Apply)
    : Setting(Key, Flag, Variable, Default, Description)
{
    /// <summary>Puts a value into the settings.</summary>
    /// <param name="settings">The settings so far.</param>
    /// <param name="text">The value as it was given.</param>
    /// <param name="origin">Where it was given, for errors: the flag, the variable, the file.</param>
    /// <exception cref="SettingsException">The value means nothing.</exception>
    public T Set(T settings, string text, string origin)
    {
        try
        {
            return Apply(settings, text);
        }
        catch (FormatException e)
        {
            throw SettingsException.Invalid(origin, IsSecret ? "(secret)" : text, e.Message);
        }
    }
}

/// <summary>A setting's value and where it is from.</summary>
/// <param name="Setting">The row.</param>
/// <param name="Value">As it was given, masked when secret; null when only the default holds.</param>
/// <param name="Origin">The flag, the variable, the file's path, or <c>default</c>.</param>
public sealed record SettingValue(Setting Setting, string? Value, string Origin);
