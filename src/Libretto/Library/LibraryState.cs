using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Library.Files;
using Libretto.Models.Download;
using Libretto.Output;

namespace Libretto.Library;

/// <summary>
/// What is remembered of a collection, in the user's folder for state and never in the collection itself: what was found in its files, so
/// that they are not read again, and what came of its songs. It is written so that a process may be killed at any moment. Losing it costs
/// time alone: what lies beside the songs says what is done.
/// </summary>
internal sealed class LibraryState : IDisposable
{
    private readonly string _folder;
    private readonly FileLock? _lock;
    private readonly Lock _writing = new();
    private ConcurrentDictionary<string, ScannedFile> _seen;
    private readonly ConcurrentDictionary<string, LibraryRecord> _records = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, ScannedFile> _kept = new(StringComparer.Ordinal);
    private readonly List<LibraryRecord> _unfinished = [];
    private FileStream? _journal;

    private LibraryState(string folder, string root, FileLock? held)
    {
        (_folder, Root, _lock) = (folder, root, held);
        _seen = ReadScan();
        ReadJournal();
    }

    /// <summary>The folder of the collection.</summary>
    public string Root { get; }

    /// <summary>What was begun to be put into its place when the process was killed.</summary>
    public IReadOnlyList<LibraryRecord> Unfinished => _unfinished;

    /// <summary>Opens what is remembered.</summary>
    /// <param name="parent">Where all of it lies.</param>
    /// <param name="root">The collection's folder or list, as a full path.</param>
    /// <param name="readOnly">Whether nothing is changed, so that another run may go on.</param>
    /// <exception cref="LibraryException">Another run works on the folder, on one in it or on one that it is in.</exception>
    /// <exception cref="OutputException">The memory cannot be written.</exception>
    public static LibraryState Open(string parent, string root, bool readOnly)
    {
        var folder = Path.Combine(parent, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..32]);
        if (readOnly)
            return new LibraryState(folder, root, null);
        try
        {
            Directory.CreateDirectory(folder);
            var held = FileLock.TryTake(LockOf(folder)) ?? throw LibraryException.Busy(root, root);
            try
            {
                File.WriteAllText(RootOf(folder), root);
                foreach (var other in Directory.EnumerateDirectories(parent))
                    if (other != folder && OtherRoot(other) is { } shared && AreNested(root, shared) && IsHeld(other))
                        throw LibraryException.Busy(root, shared);
                return new LibraryState(folder, root, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputException.CannotWrite(folder, e);
        }
    }

    /// <summary>What was found in a file before, if it is still the same.</summary>
    public ScannedFile? Find(WalkedFile file)
    {
        if (!_seen.TryGetValue(file.Path, out var seen) || !seen.IsOf(file))
            return null;
        _kept[file.Path] = seen;
        return seen;
    }

    /// <summary>Remembers what was found.</summary>
    public void Keep(string path, ScannedFile file) => _kept[path] = file;

    /// <summary>Forgets what was found in a file that was changed without its time telling so.</summary>
    public void Forget(string path)
    {
        _kept.TryRemove(path, out _);
        _seen.TryRemove(path, out _);
    }

    /// <summary>What came of a song before; null when nothing did.</summary>
    public LibraryRecord? Record(string path) => _records.GetValueOrDefault(path);

    /// <summary>All that came of songs.</summary>
    public IEnumerable<LibraryRecord> Records => _records.Values;

    /// <summary>Writes down what was found, once the walk is over; files that are gone are forgotten.</summary>
    public void SaveScan()
    {
        (_seen, _kept) = (_kept, new(StringComparer.Ordinal));
        if (_lock is null)
            return;
        Guard(() =>
        {
            var temporary = Path.Combine(_folder, "scan.tmp");
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                JsonSerializer.Serialize(file, _seen.ToDictionary(), LibraryJson.Default.DictionaryStringScannedFile);
            File.Move(temporary, Path.Combine(_folder, "scan.json"), overwrite: true);
        });
    }

    /// <summary>Writes down a song's record, at once and for good.</summary>
    public void Add(LibraryRecord record)
    {
        lock (_writing)
        {
            Guard(() =>
            {
                _journal ??= new FileStream(Path.Combine(_folder, "journal.jsonl"), FileMode.Append, FileAccess.Write, FileShare.Read);
                _journal.Write(JsonSerializer.SerializeToUtf8Bytes(record, LibraryJson.Default.LibraryRecord));
                _journal.WriteByte((byte)'\n');
                _journal.Flush(flushToDisk: true);
            });
            if (record.Placing is null)
                _records[record.Path] = record;
        }
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _lock?.Dispose();
    }

    private static string LockOf(string folder) => Path.Combine(folder, "lock");

    private static string RootOf(string folder) => Path.Combine(folder, "root");

    private static bool IsHeld(string folder)
    {
        using var held = FileLock.TryTake(LockOf(folder));
        return held is null;
    }

    private static string? OtherRoot(string folder) => File.Exists(RootOf(folder)) ? File.ReadAllText(RootOf(folder)) : null;

    private static bool AreNested(string one, string other) =>
        one == other || IsIn(one, other) || IsIn(other, one);

    private static bool IsIn(string inner, string outer) =>
        inner.StartsWith(outer.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private ConcurrentDictionary<string, ScannedFile> ReadScan()
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(_folder, "scan.json"));
            return new(JsonSerializer.Deserialize(file, LibraryJson.Default.DictionaryStringScannedFile) ?? [], StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Whatever is wrong with it, the files themselves are there.
            return new(StringComparer.Ordinal);
        }
    }

    private void ReadJournal()
    {
        var path = Path.Combine(_folder, "journal.jsonl");
        if (!File.Exists(path))
            return;
        // Tags leave a file's time, and may leave its length: what was found in it before they were written says nothing of it now.
        var scanIsOlder = File.GetLastWriteTimeUtc(Path.Combine(_folder, "scan.json")) <= File.GetLastWriteTimeUtc(path);
        var placing = new Dictionary<string, LibraryRecord>(StringComparer.Ordinal);
        var lines = 0;
        foreach (var line in File.ReadLines(path))
        {
            lines++;
            // The last line may be cut off.
            if (TryRead(line) is not { } record)
                continue;
            if (record.Placing is not null)
            {
                placing[record.Path] = record;
                if (scanIsOlder)
                    foreach (var pair in record.Placing)
                        _seen.TryRemove(pair[1], out _);
                continue;
            }
            placing.Remove(record.Path);
            _records[record.Path] = record;
        }
        _unfinished.AddRange(placing.Values);
        if (_lock is not null && (lines > 2 * _records.Count + 1000 || (lines > 0 && !EndsLine(path))))
            Compact(path);
    }

    private static bool EndsLine(string path)
    {
        using var file = File.OpenRead(path);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private void Compact(string path) => Guard(() =>
    {
        var temporary = path + ".tmp";
        File.WriteAllLines(temporary, _unfinished.Concat(_records.Values)
            .Select(record => JsonSerializer.Serialize(record, LibraryJson.Default.LibraryRecord)));
        File.Move(temporary, path, overwrite: true);
    });

    private static LibraryRecord? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LibraryJson.Default.LibraryRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputException.CannotWrite(_folder, e);
        }
    }
}

/// <summary>What came of a song.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Length">The file's size when it was done.</param>
/// <param name="Modified">Its time then, in ticks of UTC.</param>
internal sealed record LibraryRecord(string Path, long Length, long Modified)
{
    /// <summary>What was done; null where a file is only being put into its place.</summary>
    public LibraryAction? Action { get; init; }

    /// <summary>Whether nothing is sung.</summary>
    public bool? Instrumental { get; init; }

    /// <summary>The names of the formats that were asked for.</summary>
    public IReadOnlyList<string>? Formats { get; init; }

    /// <summary>What was written into the tags.</summary>
    public TagLyrics? Tags { get; init; }

    /// <summary>Why it failed, for good; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Lyrics beside it that belong to another song, as they were.</summary>
    public IReadOnlyList<string>? Foreign { get; init; }

    /// <summary>Length of the song and time of the work, seconds.</summary>
    public double Duration { get; init; }

    public double Taken { get; init; }

    /// <summary>Files that are whole and about to be put into their places: each temporary name and what it becomes.</summary>
    public IReadOnlyList<string[]>? Placing { get; init; }

    /// <summary>Whether the song's file is still the one it was.</summary>
    public bool IsOf(WalkedFile file) => Length == file.Length && Modified == file.Modified;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Dictionary<string, ScannedFile>))]
[JsonSerializable(typeof(LibraryRecord))]
internal sealed partial class LibraryJson : JsonSerializerContext;
