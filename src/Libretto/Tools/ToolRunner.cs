using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;

namespace Libretto.Tools;

/// <summary>
/// The one door to outside programs. A program gets a list of arguments, never a shell's line; its output is streamed, so memory
/// does not grow with it; cancellation and time limits end it and all its children at once. On Linux its own memory is bounded too.
/// </summary>
public sealed class ToolRunner
{
    // After Ctrl-C in a terminal the program may be gone a moment before our own cancellation is felt.
    private static readonly TimeSpan SignalGrace = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The longest text that is read from a program, characters: above what ffprobe says of a file with every tag there is.
    /// </summary>
    internal const int MostText = 16_000_000;

    // As Python, ffmpeg, C++, .NET and the C library say it.
    private static readonly Regex s_noMemory = new(
        @"MemoryError|Cannot allocate memory|std::bad_alloc|Out ?of ?memory", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private readonly ToolLocator _locator;
    private readonly TimeProvider _time;

    /// <summary>Creates a runner.</summary>
    /// <param name="locator">Finds the programs; the search path alone when null.</param>
    /// <param name="time">Measures time limits; the system's clock when null.</param>
    public ToolRunner(ToolLocator? locator = null, TimeProvider? time = null)
    {
        _locator = locator ?? new ToolLocator();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>What is known of a program: path and version, or the line that installs it. Never throws for a missing one.</summary>
    public async Task<ToolStatus> DescribeAsync(Tool tool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tool);
        try
        {
            var path = _locator.Find(tool);
            var (said, _) = await ReadTextAsync(tool, [tool.VersionArgument], TimeSpan.FromSeconds(20), cancellationToken);
            return new ToolStatus(tool, path, VersionIn(said), null);
        }
        catch (ToolException e) when (e.Code == ErrorCodes.ToolMissing)
        {
            return new ToolStatus(tool, null, null, e.Message);
        }
        catch (ToolException e)
        {
            return new ToolStatus(tool, _locator.Find(tool), null, e.Message);
        }
    }

    /// <summary>
    /// Runs a program to its end and returns what it wrote to standard output, as UTF-8 text, and the last lines of its error stream.
    /// </summary>
    /// <exception cref="ToolException">
    /// As of <see cref="RunAsync"/>, and when it writes more than <see cref="MostText"/> characters.
    /// </exception>
    internal async Task<(string Text, IReadOnlyList<string> ErrorLines)> ReadTextAsync(
        Tool tool, IReadOnlyList<string> arguments, TimeSpan? timeLimit, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var errors = await RunAsync(
            tool,
            arguments,
            readOutput: async (stream, token) =>
            {
                using var reader = new StreamReader(stream, leaveOpen: true);
                var block = new char[1 << 14];
                while (await reader.ReadAsync(block, token) is > 0 and var count)
                {
                    if (text.Append(block, 0, count).Length > MostText)
                        throw ToolException.TalksTooMuch(tool);
                }
            },
            timeLimit: timeLimit,
            cancellationToken: cancellationToken);
        return (text.ToString(), errors);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="arguments">Its arguments, each passed as it is.</param>
    /// <param name="readOutput">Reads standard output as it comes; when null it is thrown away. If this throws, the program is
    /// ended and the same exception is thrown on.</param>
    /// <param name="writeInput">Writes standard input, which is closed after it; when null it is empty.</param>
    /// <param name="timeLimit">The longest it may take; null for any time.</param>
    /// <param name="environment">Variables it gets on top of our own; those with null are removed.</param>
    /// <param name="cancellationToken">Ends the program and its children at once.</param>
    /// <returns>The last lines it wrote to its error stream.</returns>
    /// <exception cref="ToolException">It is missing, failed, was killed or took too long.</exception>
    internal async Task<IReadOnlyList<string>> RunAsync(
        Tool tool,
        IReadOnlyList<string> arguments,
        Func<Stream, CancellationToken, Task>? readOutput = null,
        Func<Stream, CancellationToken, Task>? writeInput = null,
        TimeSpan? timeLimit = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = _locator.Find(tool);
        var errors = new ErrorTail();
        using var limit = new CancellationTokenSource(timeLimit ?? Timeout.InfiniteTimeSpan, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var consumer = new Consumer(stop);

        var command = Cli.Wrap(path)
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithStandardErrorPipe(PipeTarget.Create(errors.DrainAsync));
        if (readOutput is not null)
            command = command.WithStandardOutputPipe(PipeTarget.Create((stream, token) => consumer.ReadAsync(readOutput, stream, token)));
        if (writeInput is not null)
            command = command.WithStandardInputPipe(PipeSource.Create((stream, token) => consumer.WriteAsync(writeInput, stream, token)));

        int exitCode;
        try
        {
            var running = command.ExecuteAsync(stop.Token);
            MemoryLimit.Set(running.ProcessId, tool.MostMemory);
            exitCode = (await running).ExitCode;
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            consumer.ThrowIfFailed();
            if (limit.IsCancellationRequested)
                throw ToolException.TimedOut(tool, timeLimit!.Value, errors.Lines());
            if (e is Win32Exception)
                throw ToolException.CannotStart(tool, path, e);
            throw;
        }

        cancellationToken.ThrowIfCancellationRequested();
        consumer.ThrowIfFailed();
        if (exitCode != 0 && errors.Lines().Any(s_noMemory.IsMatch))
            throw ToolException.OutOfMemory(tool, exitCode, errors.Lines());
        if (WasKilled(tool, exitCode))
        {
            await Task.Delay(SignalGrace, cancellationToken);
            throw ToolException.Killed(tool, exitCode, errors.Lines());
        }
        if (exitCode != 0)
            throw ToolException.Failed(tool, exitCode, errors.Lines());
        return errors.Lines();
    }

    /// <summary>On Unix an exit code of 128 + n says that signal n ended the program.</summary>
    private static bool WasKilled(Tool tool, int exitCode) =>
        exitCode == tool.InterruptedExitCode || (!OperatingSystem.IsWindows() && exitCode is > 128 and < 192);

    /// <summary>"ffmpeg version 7.1 Copyright ..." or "2025.01.01".</summary>
    private static string? VersionIn(string text)
    {
        var words = text.Split('\n', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var index = Array.IndexOf(words, "version") + 1;
        return index < words.Length ? words[index] : null;
    }

    /// <summary>Runs the caller's side of the pipes; what it throws stops the program and comes first among the errors.</summary>
    private sealed class Consumer(CancellationTokenSource stop)
    {
        private Exception? _failure;

        public async Task ReadAsync(Func<Stream, CancellationToken, Task> read, Stream stream, CancellationToken token)
        {
            try
            {
                await read(stream, token);
                await stream.CopyToAsync(Stream.Null, token);
            }
            catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested)
            {
                await FailAsync(e);
            }
        }

        public async Task WriteAsync(Func<Stream, CancellationToken, Task> write, Stream stream, CancellationToken token)
        {
            try
            {
                await write(stream, token);
            }
            catch (IOException e) when (IsBrokenPipe(e))
            {
                // The program ended early: its exit code and last words say why.
            }
            catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested)
            {
                await FailAsync(e);
            }
        }

        public void ThrowIfFailed()
        {
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
        }

        private async Task FailAsync(Exception e)
        {
            _failure ??= e;
            await stop.CancelAsync();
        }

        /// <summary>Pipes are sockets on Unix; the numbers are EPIPE and Windows' two words for it.</summary>
        private static bool IsBrokenPipe(IOException e) =>
            e.InnerException is SocketException || (e.HResult & 0xffff) is 32 or 109 or 232;
    }
}
