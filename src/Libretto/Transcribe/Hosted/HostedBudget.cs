using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Models.Download;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Keeps within what an engine allows a key, together with every other process of this user: what was asked for stands in a small
/// file beside the models. Asking too much would be refused anyway, after the upload.
/// </summary>
/// <param name="engine">The engine; its key names the file by a hash.</param>
/// <param name="folder">Where the file lies; made when missing.</param>
/// <param name="time">Tells now, and measures waiting.</param>
internal sealed class HostedBudget(HostedEngine engine, string folder, TimeProvider time)
{
    private readonly string _file = Path.Combine(folder, $"{engine.Name}-{Fingerprint(engine)}.json");
    private readonly BudgetBook _own = new();

    /// <summary>Enters a request in the book as soon as it is allowed.</summary>
    /// <param name="seconds">Length of its audio.</param>
    /// <param name="longestWait">If it would be allowed only later than this, nothing is entered.</param>
    /// <param name="waiting">Told of each wait when it begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How long it waited.</returns>
    /// <exception cref="HostedException">
    /// The wait would be too long (<c>hosted_limit</c>), or the audio longer than is ever allowed (<c>hosted_quota</c>).
    /// </exception>
    public async Task<TimeSpan> EnterAsync(
        double seconds, TimeSpan longestWait, Action<TimeSpan>? waiting, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var wait = await ChangeAsync(
                book =>
                {
                    var wait = book.Wait(engine.Limits, seconds, time.GetUtcNow());
                    if (wait <= TimeSpan.Zero)
                        book.Uses.Add(new BudgetUse(time.GetUtcNow(), seconds));
                    return wait;
                },
                cancellationToken);
            if (wait <= TimeSpan.Zero)
                return time.GetElapsedTime(began);
            if (wait == BudgetBook.Never)
                throw HostedException.QuotaTooSmall(engine, null);
            if (time.GetElapsedTime(began) + wait > longestWait)
                throw HostedException.Limited(engine, wait, worthWaiting: false);
            waiting?.Invoke(wait);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>Enters what an answer told, which counts more than what is assumed.</summary>
    public Task LearnAsync(RateHeaders told, TimeSpan? retryAfter, CancellationToken cancellationToken) => ChangeAsync(
        book =>
        {
            var now = time.GetUtcNow();
            if (told.RequestLimit is not null || told.AudioLimit is not null)
                (book.Told, book.ToldAt) = (told, now);
            if (retryAfter is { } wait)
                book.NotBefore = now + wait;
            return true;
        },
        cancellationToken);

    /// <summary>Where the folder cannot be written, this process at least keeps its own book.</summary>
    private async Task<T> ChangeAsync<T>(Func<BudgetBook, T> change, CancellationToken cancellationToken)
    {
        try
        {
            return await ChangeFileAsync(change, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lock (_own)
                return change(_own);
        }
    }

    private async Task<T> ChangeFileAsync<T>(Func<BudgetBook, T> change, CancellationToken cancellationToken)
    {
        using var held = await FileLock.TakeAsync(_file + ".lock", time, cancellationToken);
        var book = await ReadAsync(cancellationToken);
        var result = change(book);
        book.Uses.RemoveAll(use => use.At < time.GetUtcNow() - TimeSpan.FromDays(1));
        await File.WriteAllBytesAsync(
            _file + ".new", JsonSerializer.SerializeToUtf8Bytes(book, BudgetJson.Default.BudgetBook), cancellationToken);
        File.Move(_file + ".new", _file, overwrite: true);
        return result;
    }

    /// <summary>A book that cannot be read is begun anew: the engine itself still refuses what is too much.</summary>
    private async Task<BudgetBook> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(_file, cancellationToken), BudgetJson.Default.BudgetBook) ?? new BudgetBook();
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return new BudgetBook();
        }
    }

    private static string Fingerprint(HostedEngine engine) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{engine.Address} {engine.Key}")))[..16];
}

/// <summary>What was asked of an engine within a day, and what it told of its limits.</summary>
internal sealed class BudgetBook
{
    /// <summary>The wait for what will never be allowed.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    public List<BudgetUse> Uses { get; init; } = [];

    public RateHeaders? Told { get; set; }

    public DateTimeOffset ToldAt { get; set; }

    /// <summary>The engine wants no request before.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>How long a request has to wait; <see cref="Never"/> when waiting does not help.</summary>
    public TimeSpan Wait(HostedLimits assumed, double seconds, DateTimeOffset now)
    {
        var waits = new List<TimeSpan> { NotBefore - now };
        if (Told is { } told)
        {
            waits.Add(TillReset(told.RequestsLeft - Since(ToldAt).Count(), 1, told.RequestLimit, told.RequestsReset, now));
            waits.Add(TillReset(told.AudioLeft - Since(ToldAt).Sum(use => use.Seconds), seconds, told.AudioLimit, told.AudioReset, now));
        }
        // An engine that tells of more than is assumed has a plan that is not known here.
        if (!(Told?.RequestLimit > assumed.RequestsADay || Told?.AudioLimit > assumed.AudioSecondsAnHour))
        {
            waits.Add(TillRoom(TimeSpan.FromMinutes(1), assumed.RequestsAMinute, 1, _ => 1, now));
            waits.Add(TillRoom(TimeSpan.FromDays(1), assumed.RequestsADay, 1, _ => 1, now));
            waits.Add(TillRoom(TimeSpan.FromHours(1), assumed.AudioSecondsAnHour, seconds, use => use.Seconds, now));
            waits.Add(TillRoom(TimeSpan.FromDays(1), assumed.AudioSecondsADay, seconds, use => use.Seconds, now));
        }
        return waits.Max();
    }

    private IEnumerable<BudgetUse> Since(DateTimeOffset moment) => Uses.Where(use => use.At >= moment);

    private TimeSpan TillReset(double? left, double wanted, double? limit, TimeSpan? reset, DateTimeOffset now) =>
        limit < wanted ? Never
        : left < wanted && reset is { } span ? ToldAt + span - now
        : TimeSpan.Zero;

    /// <summary>Until enough uses are older than the span for this one to fit in.</summary>
    private TimeSpan TillRoom(TimeSpan span, double? limit, double wanted, Func<BudgetUse, double> size, DateTimeOffset now)
    {
        if (limit is not { } most)
            return TimeSpan.Zero;
        if (wanted > most)
            return Never;
        var recent = Since(now - span).ToList();
        var excess = recent.Sum(size) + wanted - most;
        foreach (var use in recent)
        {
            if (excess <= 0)
                break;
            excess -= size(use);
            if (excess <= 0)
                return use.At + span - now + TimeSpan.FromMilliseconds(1);
        }
        return TimeSpan.Zero;
    }
}

/// <summary>One request.</summary>
internal sealed record BudgetUse(DateTimeOffset At, double Seconds);

[JsonSerializable(typeof(BudgetBook))]
internal sealed partial class BudgetJson : JsonSerializerContext;
