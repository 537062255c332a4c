using System.Globalization;
using System.Runtime.ExceptionServices;
using Libretto.Pipeline.Transcripts;
using Polly;
using Polly.Hedging;

namespace Libretto.Pipeline.Engines;

/// <summary>
/// Has a song recognised by the engine chosen for it. Where others stand behind that one, the next takes over as soon as it fails, or
/// begins beside it when it takes far longer than it should; whoever is first has done it.
/// </summary>
internal sealed class EngineFallback(TimeProvider time)
{
    /// <summary>Recognises a song.</summary>
    /// <param name="song">The song, in the step that recognition is.</param>
    /// <param name="first">By the engine chosen, prepared.</param>
    /// <param name="cancellationToken">Ends every engine.</param>
    /// <exception cref="LibrettoException">No engine could do it: what the last one said.</exception>
    public async Task<RecognitionResult> RunAsync(Song song, RecognitionRun first, CancellationToken cancellationToken)
    {
        var others = first.Engine.Others;
        if (others.Count == 0)
        {
            var alone = new RecognitionResult(first, await first.RunAsync(isFinal: () => true, cancellationToken), null);
            first.Show();
            return alone;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = new Run(song, first, (await song.SpeechAsync(null, cancellationToken)).Duration, stop.Token);
        try
        {
            var winner = await new ResiliencePipelineBuilder<RecognitionResult> { TimeProvider = time }
                .AddHedging(new HedgingStrategyOptions<RecognitionResult>
                {
                    ShouldHandle = new PredicateBuilder<RecognitionResult>().Handle<LibrettoException>(),
                    MaxHedgedAttempts = others.Count,
                    Delay = run.Patience,
                    ActionGenerator = next => () => run.TakeOverAsync(next.ActionContext.CancellationToken),
                })
                .Build()
                .ExecuteAsync(async token => await run.RecognizeAsync(first, why: null, token), cancellationToken);
            winner.Run.Show();
            return winner;
        }
        catch (LibrettoException) when (run.LastError is { } last)
        {
            ExceptionDispatchInfo.Throw(last);
            throw;
        }
        finally
        {
            // The sound is the song's, which ends with its caller: no engine may listen after this.
            await stop.CancelAsync();
            await run.EndAsync();
        }
    }

    /// <summary>One song's recognition by several engines.</summary>
    private sealed class Run(Song song, RecognitionRun first, double seconds, CancellationToken stop)
    {
        private readonly Queue<Func<CancellationToken, Task<EngineChoice>>> _others = new(first.Engine.Others);
        private readonly List<Task> _running = [];
        private RecognitionRun? _latest;
        private int _atWork;
        private string? _failure;

        /// <summary>What the engine that failed last said.</summary>
        public LibrettoException? LastError { get; private set; }

        /// <summary>Engines that others stand behind are a hundred times faster than the song; the rest is left to the network.</summary>
        public TimeSpan Patience { get; } = TimeSpan.FromSeconds(5 + (seconds / 20));

        public async Task<RecognitionResult> RecognizeAsync(RecognitionRun engine, string? why, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
            var running = RecognizeOrRecallAsync(engine, isFirst: why is null, either.Token);
            lock (_running)
                _running.Add(running);
            try
            {
                return new RecognitionResult(engine, await running, why);
            }
            catch (LibrettoException e)
            {
                LastError = e;
                _failure = $"{engine.Engine.Transcriber.Name}: {e.Message}";
                throw;
            }
        }

        /// <summary>The next engine begins; which and why is told first.</summary>
        public async ValueTask<Outcome<RecognitionResult>> TakeOverAsync(CancellationToken cancellationToken)
        {
            try
            {
                var why = _failure ?? TooSlow(_latest ?? first);
                _failure = null;
                song.Notice(why);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
                var next = await _others.Dequeue()(either.Token);
                song.Notice(next.Notice);
                song.Meter.By(next.Transcriber.Name);
                _latest = first.By(next);
                return Outcome.FromResult(await RecognizeAsync(_latest, why, either.Token));
            }
            catch (Exception e)
            {
                // That nothing could be fetched to take over matters less than why it should have.
                LastError ??= e as LibrettoException;
                return Outcome.FromException<RecognitionResult>(e);
            }
        }

        /// <summary>Waits for the engines that were overtaken.</summary>
        public async Task EndAsync()
        {
            foreach (var engine in _running)
                await engine.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task<Transcript> RecognizeOrRecallAsync(RecognitionRun engine, bool isFirst, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _atWork);
            try
            {
                // What the first one heard before was asked for already.
                return (isFirst ? null : await engine.RecallAsync(cancellationToken))
                    ?? await engine.RunAsync(isFinal: () => _others.Count == 0 && Volatile.Read(ref _atWork) == 1, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _atWork);
            }
        }

        /// <summary>An engine that waits for its key's limit was not even asked.</summary>
        private string TooSlow(RecognitionRun engine)
        {
            var name = engine.Engine.Transcriber.Name;
            return engine.WaitsFor is { } what
                ? $"{name}: {what}; the next engine begins meanwhile."
                : string.Create(CultureInfo.InvariantCulture, $"{name}: no answer within {Patience.TotalSeconds:F0} s.");
        }
    }
}
