using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Security;
using Libretto.Settings;

namespace Libretto.Server.Api.Intake;

/// <summary>What options may say, checked before anything is done for them.</summary>
internal sealed class JobOptionsRules(LibrettoSettings settings)
{
    private const int LongestText = 500;

    private readonly string[] _engines = ["auto", "moonshine", "whisper", .. settings.Hosted.Select(engine => engine.Name)];

    public void Check(JobOptions options, Caller caller)
    {
        if (options.Language is { } language && !Is(language, "auto") && Languages.Find(language) is null)
            throw ApiProblem.BadOption("language", "give a tag, code or name, such as pt-BR, es or Spanish, or auto");
        if (options.Track is < 1 or > 1000)
            throw ApiProblem.BadOption("track", "give a number from 1, the first audio track of the file");
        OneOf("engine", options.Engine, _engines);
        if (settings.Hosted.FirstOrDefault(engine => Is(engine.Name, options.Engine ?? "")) is { IsReady: false } unready)
            throw ApiProblem.BadOption("engine", $"{unready.Name} is not set up on this server; its operator sets {unready.KeyVariable}");
        OneOf("quality", options.Quality, "fast", "normal", "best");
        OneOf("lyrics", options.Lyrics, "auto");
        OneOf("separate", options.Separate, "auto", "always", "never");
        if (options.Beam is < 1 or > 10)
            throw ApiProblem.BadOption("beam", "give a number from 1 to 10");
        if (options.Priority is < -10 or > 10 || (options.Priority > 0 && !caller.IsAdmin))
            throw ApiProblem.BadOption("priority", caller.IsAdmin ? "give a number from -10 to 10"
                : "give a number from -10 to 0; more is for admins");
        if (options.Passage is { } passage && !(passage.Start >= 0 && passage.End - passage.Start >= PassagePipeline.Shortest))
            throw ApiProblem.BadOption("passage", "give its start and end in seconds, at least half a second apart");
        if (options.Passage is not null && options.Stems == true)
            throw ApiProblem.BadOption("passage", "stems are of whole songs");
        if (options.Export is not null)
            throw ApiProblem.BadOption("export", "have it made of a song that is done, with POST /api/jobs/{id}/exports");
        if (options.Webhook is { } webhook &&
            (webhook.Length > LongestText || !Uri.TryCreate(webhook, UriKind.Absolute, out var receiver) ||
                receiver.Scheme is not ("http" or "https") || receiver.UserInfo.Length > 0))
            throw ApiProblem.BadOption("webhook", "give an address that begins with https:// or http://, without a password");
        foreach (var (name, text) in new[] { ("title", options.Title), ("artist", options.Artist), ("prompt", options.Prompt),
            ("model", options.Model) })
            if (text?.Length > LongestText)
                throw ApiProblem.BadOption(name, $"at most {LongestText} characters");
        // A path would let a client look around on the server's disk.
        if (options.Model is { } model && (model.Contains('/', StringComparison.Ordinal) || model.Contains('\\', StringComparison.Ordinal)))
            throw ApiProblem.BadOption("model", "give the name of a model");
        if (options.Formats?.FirstOrDefault(format => !LyricsFormats.All.Any(known => Is(known.Name, format))) is { } unknown)
            throw ApiProblem.BadOption(
                "formats", $"'{unknown}' is none of {string.Join(", ", LyricsFormats.All.Select(format => format.Name))}");
    }

    private static void OneOf(string name, string? value, params string[] allowed)
    {
        if (value is not null && !allowed.Any(choice => Is(choice, value)))
            throw ApiProblem.BadOption(name, $"choose one of {string.Join(", ", allowed)}");
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
