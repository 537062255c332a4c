using System.Text.RegularExpressions;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;

namespace Libretto.Server.Api.Intake;

/// <summary>Takes exports in: each is made once, however often it is asked for.</summary>
internal sealed partial class ExportIntake(JobStore jobs, JobQueue queue, JobFactory factory, Admission admission)
{
    /// <summary>Begins an export, or finds the one that was begun before.</summary>
    /// <param name="song">The job whose song it is.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The export's job.</returns>
    /// <exception cref="ApiProblem">An option is none, the song has no words yet or is gone, or too much waits already.</exception>
    public async Task<Job> TakeAsync(Job song, ExportOptions options, Caller caller, CancellationToken ct)
    {
        options = Check(options);
        if (song.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (song.DocumentKey is null || song.InputKey is null || Exports.Is(song))
            throw new ApiProblem(409, "not_ready", "The song has no words yet. Wait until it is done, then ask again.");
        var wanted = factory.ForExport(song, options);
        if (await jobs.FindRepeatedAsync(wanted.KeyId, wanted.IdempotencyKey!, ct) is not { } export)
        {
            await admission.CheckAsync(caller, ct);
            export = await jobs.AddAsync(wanted, ct);
        }
        else if (export.Status is JobStatus.Failed or JobStatus.Cancelled)
        {
            await jobs.RetryAsync(export.Id, ct);
            export = await jobs.FindAsync(export.Id, ct) ?? export;
        }
        queue.Wake(export);
        return export;
    }

    /// <summary>The options as they are written: what is the default is left out, so that the same request is the same export.</summary>
    private static ExportOptions Check(ExportOptions options)
    {
        var kind = FormValue.OneOf("kind", options.Kind, [.. Exports.Kinds])
            ?? throw ApiProblem.BadOption("kind", $"choose one of {string.Join(", ", Exports.Kinds)}");
        var audio = FormValue.OneOf("audio", options.Audio, "instrumental", "mix", "guide");
        if (options.Resolution is not (null or 720 or 1080))
            throw ApiProblem.BadOption("resolution", "give 720 or 1080");
        var background = FormValue.Text(options.Background)?.ToLowerInvariant();
        if (background is not (null or "cover" or "gradient") && !Color().IsMatch(background))
            throw ApiProblem.BadOption("background", "give cover, gradient or a colour such as #203040");
        var kinds = kind == Exports.Zip ? CheckKinds(options.Kinds) : null;
        var isVideo = (kinds ?? [kind]).Contains("mp4") || (kind == Exports.Zip && kinds is null);
        return new ExportOptions
        {
            Kind = kind,
            Kinds = kinds,
            Audio = audio == "instrumental" ? null : audio,
            Resolution = isVideo && options.Resolution != 720 ? options.Resolution : null,
            Background = isVideo && background != "cover" ? background : null,
        };
    }

    /// <summary>What a ZIP is to hold, in one order; null for all there is.</summary>
    private static List<string>? CheckKinds(IReadOnlyList<string>? kinds)
    {
        var wanted = (kinds ?? []).Select(kind => FormValue.OneOf("kinds", kind, [.. Exports.Single])).ToHashSet();
        return wanted.Count == 0 || wanted.Count == Exports.Single.Count ? null : [.. Exports.Single.Where(wanted.Contains)];
    }

    [GeneratedRegex("^#[0-9a-f]{6}$")]
    private static partial Regex Color();
}
