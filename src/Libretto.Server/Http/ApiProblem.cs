using System.Text.Json;

namespace Libretto.Server.Http;

/// <summary>A request that cannot be served, with what the client should be told.</summary>
internal sealed class ApiProblem(int status, string code, string detail, int? retryAfter = null) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>Stable: programs compare it.</summary>
    public string Code { get; } = code;

    /// <summary>Seconds after which the same request may be served; null when that is not known.</summary>
    public int? RetryAfter { get; } = retryAfter;

    /// <summary>The field that is to blame, where one is.</summary>
    public string? Param { get; init; }

    /// <summary>How to give a key, for WWW-Authenticate: set with the answer, since an error clears what was set before it.</summary>
    public string? Challenge { get; init; }

    public static ApiProblem NoSuchJob() => new(404, ErrorCodes.JobUnknown, "There is no such job.");

    public static ApiProblem UnknownField(string name) =>
        new(400, "unknown_field", $"'{Short(name)}' is not known here. See /scalar for what is.") { Param = Short(name) };

    public static ApiProblem BadOption(string name, string expected) =>
        new(422, "option_invalid", $"The option {name} has a value that means nothing: {expected}.") { Param = name };

    /// <summary>A file that came under another name than the song's.</summary>
    public static ApiProblem MisnamedFile(string name) => new(
        400, "file_missing", $"The song came as a part named '{Short(name)}'. Name the part file, as in: curl -F file=@song.mp3")
    {
        Param = "file",
    };

    /// <summary>JSON that cannot be read; names the field that is to blame, where one is.</summary>
    public static ApiProblem BadJson(string what, JsonException? e = null) => e?.Path is not { Length: > 2 } path
        ? new(400, "json_broken", $"{what} is not JSON of the form expected. See /scalar for an example.")
        : e.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? UnknownField(path[2..])
            : new(400, "json_broken", $"{what} is not JSON of the form expected at '{Short(path[2..])}'. See /scalar for an example.");

    private static string Short(string name) => name.Length <= 50 ? name : name[..50];
}
