using System.CommandLine;
using Libretto.Cli.Results;
using Libretto.Library;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Settings;

namespace Libretto.Cli.Commands.Options;

/// <summary>What is wanted of a collection.</summary>
internal sealed class LibraryOptions
{
    private const string Nothing = "none";
    private const int MostJobs = 64;

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only say what would be done with which song, and about how long it takes.",
    };

    private readonly Option<bool> _onlyMissing = new("--only-missing")
    {
        Description = "Leave songs alone that have what is wanted. This is the default.",
    };

    private readonly Option<bool> _redo = new("--redo")
    {
        Description = "Do songs again that have what is wanted, and those that failed.",
    };

    private readonly Option<string> _write = new("--write")
    {
        Description = "The formats written beside each song, comma-separated; none for none.",
        HelpName = "LIST",
        DefaultValueFactory = _ => "lrc,elrc,ttml",
    };

    private readonly Option<string> _tags = new("--tags")
    {
        Description = "Lyrics written into the songs' own tags: none, plain (the words) or synced (with the times of lines). The sound " +
            "stays as it is, bit by bit.",
        HelpName = "WHAT",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string> _lyrics = new("--lyrics")
    {
        Description = "Whose words are used: sidecar (those beside the song or in its tags), lookup (else those of lrclib.net) or off.",
        HelpName = "WHOSE",
        DefaultValueFactory = _ => "sidecar",
    };

    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "Songs worked on at the same time, 1 to 64.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string> _report = new("--report")
    {
        Description = "Write what was done with each song, how sure it is and what to check by ear: an .html or .json file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _watch = new("--watch")
    {
        Description = "Go on when all is done, and work on each song that is added or changed once it has come to rest, until Ctrl-C.",
    };

    private readonly Option<string> _jellyfin = new("--jellyfin")
    {
        Description = "Hand lyrics that Libretto wrote to this Jellyfin server, each once; its key comes from LIBRETTO_JELLYFIN_KEY.",
        HelpName = "URL",
    };

    private readonly Option<string> _jellyfinKey = new("--jellyfin-key")
    {
        Description = "A file that holds the key of --jellyfin, such as a secret of Docker's.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Replace lyrics that Libretto did not write." };

    public LibraryOptions(Command command)
    {
        Option[] all =
            [_dryRun, _onlyMissing, _redo, _write, _tags, _lyrics, _jobs, _report, _watch, _jellyfin, _jellyfinKey, _force];
        foreach (var option in all)
            command.Add(option);
        _tags.Validators.Add(result =>
        {
            if (!Enum.TryParse<TagLyrics>(result.GetValue(_tags), ignoreCase: true, out _))
                result.AddError($"'{result.GetValue(_tags)}' is no value for --tags: choose none, plain or synced.");
        });
        _lyrics.Validators.Add(result =>
        {
            if (!Enum.TryParse<LyricsUse>(result.GetValue(_lyrics), ignoreCase: true, out _))
                result.AddError($"'{result.GetValue(_lyrics)}' is no value for --lyrics: choose sidecar, lookup or off.");
        });
        _jobs.Validators.Add(result =>
        {
            if (result.GetValue(_jobs) is < 1 or > MostJobs)
                result.AddError($"--jobs takes a number from 1 to {MostJobs}.");
        });
        _report.Validators.Add(result =>
        {
            if (Path.GetExtension(result.GetValue(_report))?.ToLowerInvariant() is not (".html" or ".json"))
                result.AddError("--report takes a file whose name ends with .html or .json.");
        });
        _jellyfin.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValue(_jellyfin), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                result.AddError("--jellyfin takes an address such as http://localhost:8096.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_watch) && (result.GetValue(_dryRun) || result.GetValue(_redo)))
                result.AddError("--watch goes with neither --dry-run nor --redo.");
            if (result.GetValue(_jellyfin) is not null && result.GetValue(_write) is { } formats &&
                !Names(formats).Any(name => name is "lrc" or "elrc"))
                result.AddError("--jellyfin hands over LRC: name lrc or elrc with --write.");
            if (result.GetValue(_jellyfinKey) is not null && result.GetValue(_jellyfin) is null)
                result.AddError("--jellyfin-key is the key of --jellyfin: name the server too.");
            if (result.GetValue(_onlyMissing) && result.GetValue(_redo))
                result.AddError("--only-missing and --redo say the opposite: leave one of them out.");
            // An option that is not given has no value yet.
            if (result.GetValue(_write) == Nothing && result.GetValue(_tags) is null or Nothing)
                result.AddError("Nothing is to be written: name formats with --write, or choose --tags plain or synced.");
        });
    }

    /// <summary>What the command line asks for.</summary>
    public LibraryRequest Read(ParseResult parsed, IReadOnlyList<string> folders, SongRequest song) => new(folders)
    {
        AtRest = parsed.GetValue(_watch) ? LibraryRequest.UsualRest : TimeSpan.Zero,
        DryRun = parsed.GetValue(_dryRun),
        Redo = parsed.GetValue(_redo),
        Formats = [.. Names(parsed.GetValue(_write)).Select(LyricsFormats.Named).Distinct()],
        Tags = Enum.Parse<TagLyrics>(parsed.GetValue(_tags)!, ignoreCase: true),
        Lyrics = Enum.Parse<LyricsUse>(parsed.GetValue(_lyrics)!, ignoreCase: true),
        Jobs = parsed.GetValue(_jobs),
        Force = parsed.GetValue(_force),
        Song = song,
    };

    /// <summary>The report's path; null when none is wanted.</summary>
    public string? Report(ParseResult parsed) => parsed.GetValue(_report);

    /// <summary>The Jellyfin server that lyrics are handed to, and its key; null for none.</summary>
    /// <exception cref="LibrettoException">There is no key, or it may not be used.</exception>
    public (Uri Server, string Key)? Jellyfin(ParseResult parsed, LibrettoSettings settings)
    {
        if (parsed.GetValue(_jellyfin) is not { } address)
            return null;
        var server = new Uri(address);
        if (settings.Local && !server.IsLoopback)
            throw InputException.NothingLeaves("--jellyfin");
        var key = parsed.GetValue(_jellyfinKey) is { } file ? KeyIn(file) : settings.JellyfinKey;
        return (server, key ?? throw InputException.NoJellyfinKey());
    }

    private static string? KeyIn(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputException.Unreadable(file, e);
        }
    }

    private static string[] Names(string? list) => list == Nothing
        ? [] : (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
