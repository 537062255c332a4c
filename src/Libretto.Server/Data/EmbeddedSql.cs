namespace Libretto.Server.Data;

/// <summary>Statements that are files of their own beside the class that sends them.</summary>
internal static class EmbeddedSql
{
    public static string Read(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedSql).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
