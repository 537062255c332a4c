namespace Libretto.Settings;

/// <summary>A setting has a value that means nothing, or the settings file cannot be read.</summary>
public sealed class SettingsException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public SettingsException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static SettingsException Invalid(string origin, string value, string expected) => new(
        ErrorKind.Usage, "setting_invalid", $"'{value}' is no value for {origin}: {expected}.");

    internal static SettingsException UnknownKey(string file, string key) => new(
        ErrorKind.Usage, "setting_unknown",
        $"{file} sets '{key}', which is no setting of Libretto. Known are: {string.Join(", ",
            SettingsTable.All.Select(setting => setting.Key))}.");

    internal static SettingsException FileBroken(string file, Exception inner) => new(
        ErrorKind.Usage, "settings_file_invalid", $"The settings file {file} cannot be read: {inner.Message} Correct it or remove it.",
        inner: inner);

    internal static SettingsException FileMissing(string file) => new(
        ErrorKind.Usage, "settings_file_missing",
        $"{SettingsReader.FileVariable} names the settings file {file}, which is not there. Correct the variable or unset it.");
}
