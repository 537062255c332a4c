using System.Globalization;
using System.Runtime.CompilerServices;
using Libretto.Audio;
using Libretto.Audio.Activity;
using Microsoft.Extensions.Logging;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Recognition by a service on the network that speaks OpenAI's protocol, such as Groq. The song goes up as 16 kHz mono FLAC, in one
/// piece or, where that would be larger than the engine takes, in pieces cut where it is quiet and joined word by word.
/// </summary>
internal sealed partial class HostedTranscriber : ITranscriber
{
    /// <summary>Pieces reach this far past their cuts, so that a word on a cut is heard whole by one of them, seconds.</summary>
    private const double Overlap = 2;

    /// <summary>Below this length an engine's complaint about the size is not believed, seconds.</summary>
    private const double ShortestPiece = 20;

    /// <summary>Shorter recordings hold no word, and engines refuse them, seconds.</summary>
    private const double ShortestSong = 0.1;

    /// <summary>A share left free, since FLAC's size changes with the sound.</summary>
    private const double Margin = 0.95;

    private readonly HostedEngine _engine;
    private readonly HostedClient _client;
    private readonly AudioEncoder _encoder;
    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly HostedStatus? _status;

    /// <param name="engine">The engine, ready to be asked.</param>
    /// <param name="client">Sends files to it.</param>
    /// <param name="encoder">Makes the files.</param>
    /// <param name="folder">Where the files lie while they are sent.</param>
    /// <param name="logger">Told of each request.</param>
    /// <param name="status">Told how each ended; nobody when null.</param>
    public HostedTranscriber(
        HostedEngine engine, HostedClient client, AudioEncoder encoder, string folder, ILogger<HostedTranscriber> logger,
        HostedStatus? status = null) =>
        (_engine, _client, _encoder, _folder, _logger, _status) = (engine, client, encoder, folder, logger, status);

    /// <inheritdoc/>
    public string Name => $"{_engine.Name}/{_engine.Model}";

    /// <inheritdoc/>
    public bool TimesAreTrusted => true;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<TranscribedPiece> TranscribeAsync(
        PcmFile audio, TranscribeOptions options, IProgress<double>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.BeamSize > 1)
            throw TranscribeException.OptionNotSupported(_engine.Name, "search with beams");
        if (audio.Duration < ShortestSong)
            yield break;
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"libretto-{Guid.NewGuid():N}"));
        try
        {
            TranscribedPiece? before = null;
            var sounding = ActivityDetector.Detect(audio, null, cancellationToken);
            await foreach (var piece in PiecesAsync(audio, sounding, options, folder.FullName, cancellationToken))
            {
                var next = piece;
                if (before is not null)
                {
                    (before, next) = PieceSeam.Join(before, piece, (before.Range.End + piece.Range.Start) / 2);
                    yield return before;
                }
                before = next;
                progress?.Report(Math.Min(1, piece.Range.End / audio.Duration));
            }
            if (before is not null)
                yield return before;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The song piece by piece, each reaching past its cuts.</summary>
    private async IAsyncEnumerable<TranscribedPiece> PiecesAsync(
        PcmFile audio, IReadOnlyList<TimeRange> sounding, TranscribeOptions options, string folder,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var whole = new TimeRange(0, audio.Duration);
        var todo = new Stack<TimeRange>([whole]);
        while (todo.TryPop(out var range))
        {
            var sent = new TimeRange(Math.Max(0, range.Start - Overlap), Math.Min(audio.Duration, range.End + Overlap));
            var file = Path.Combine(folder, "piece.flac");
            await _encoder.EncodeAsync(audio, file, AudioFormat.Flac16, sent, cancellationToken);
            var size = new FileInfo(file).Length / (_engine.MaxMegabytes * 1_000_000 * Margin);
            if (size > 1 && range.Length > ShortestPiece)
            {
                Split(audio, range, range.Length / (size * 1.1), todo, cancellationToken);
                continue;
            }
            var (piece, tooLarge) = await SendAsync(file, sent, sounding, options, cancellationToken);
            if (piece is null)
            {
                if (range.Length < 2 * ShortestPiece)
                    throw tooLarge!;
                LogSmaller(_engine.Name, range.Length);
                Split(audio, range, range.Length / 2 + 1, todo, cancellationToken);
                continue;
            }
            // The language is found once, and by the first words.
            if (piece.Words.Count > 0 && options.Language is null && !options.Translate)
                options = options with { Language = piece.Language };
            yield return piece;
        }
    }

    private static void Split(PcmFile audio, TimeRange range, double longest, Stack<TimeRange> todo, CancellationToken cancellationToken)
    {
        foreach (var part in Windowing.Cut(audio, [range], Math.Max(ShortestPiece, longest), cancellationToken).Reverse())
            todo.Push(part);
    }

    private async Task<(TranscribedPiece? Piece, HostedException? TooLarge)> SendAsync(
        string file, TimeRange range, IReadOnlyList<TimeRange> sounding, TranscribeOptions options, CancellationToken cancellationToken)
    {
        HostedReply reply;
        try
        {
            reply = await _client.SendAsync(
                new HostedRequest(file, range.Length)
                {
                    Language = options.Language, Prompt = options.Prompt, Translate = options.Translate, Waiting = options.Waiting,
                },
                cancellationToken);
        }
        catch (HostedException e) when (e.Code == ErrorCodes.HostedTooLarge)
        {
            return (null, e);
        }
        catch (HostedException e)
        {
            _status?.Failed(_engine, e);
            throw;
        }
        _status?.Answered(_engine);
        var piece = AnswerReader.Read(reply.Transcription, range, sounding);
        LogHeard(_engine.Name, range.Start, range.End, piece.Words.Count);
        return (piece with { Cost = HostedPrices.Cost(_engine, range.Length), Notices = [.. Notices(piece, reply)] }, null);
    }

    private IEnumerable<string> Notices(TranscribedPiece piece, HostedReply reply)
    {
        if (reply.Waited > TimeSpan.FromSeconds(1))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{_engine.Name}: waited {reply.Waited.TotalSeconds:F0} s for the key's limits.");
        var all = piece.Words.Count;
        foreach (var (guard, count) in piece.Guards)
            if (guard switch
            {
                AnswerReader.RepairedGuard =>
                    $"{count} of {all} word times were missing or impossible; they were repaired and are marked estimated.",
                AnswerReader.SpreadGuard => $"{count} of {all} words came without times of their own.",
                AnswerReader.OrderGuard => "the words came in another order than the text; they were sorted by their times.",
                AnswerReader.DoubledGuard => $"{count} words were listed twice; each is kept once.",
                AnswerReader.MissingGuard =>
                    $"{count} words of the text were missing from the list of words; they were put in at estimated times.",
                AnswerReader.ForeignGuard => "the list of words is not that of the text; the text is used, without the list's times.",
                AnswerReader.UnitGuard => "the times came in another unit than seconds, and were converted.",
                AnswerReader.NoSpeechGuard => $"{count} segments were left out that the engine itself takes for silence.",
                AnswerGuards.SilentGuard => $"{count} segments were left out because nothing sounds there.",
                _ => null,
            } is { } notice)
                yield return $"{_engine.Name}: {notice}";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{engine} heard {words} words in {start:F1}-{end:F1} s.")]
    private partial void LogHeard(string engine, double start, double end, int words);

    [LoggerMessage(Level = LogLevel.Information, Message = "{engine} took no file of {seconds:F0} s; smaller ones are tried.")]
    private partial void LogSmaller(string engine, double seconds);
}
