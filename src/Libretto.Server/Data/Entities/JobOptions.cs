using Libretto.Pipeline;
using Libretto.Separate;

namespace Libretto.Server.Data.Entities;

/// <summary>What a user wants of a song; each is optional.</summary>
internal sealed record JobOptions
{
    /// <summary>The language sung, by BCP 47 tag, ISO 639 code or name, or <c>auto</c>.</summary>
    public string? Language { get; init; }

    /// <summary>Which of the file's audio tracks, from 1, where it has several.</summary>
    public int? Track { get; init; }

    /// <summary><c>auto</c> or an engine's name.</summary>
    public string? Engine { get; init; }

    /// <summary>A model of the server's catalogue.</summary>
    public string? Model { get; init; }

    /// <summary><c>fast</c>, <c>normal</c> or <c>best</c>.</summary>
    public string? Quality { get; init; }

    /// <summary><c>auto</c>, <c>always</c> or <c>never</c>.</summary>
    public string? Separate { get; init; }

    /// <summary>True to get vocals and instrumental.</summary>
    public bool? Stems { get; init; }

    /// <summary>The formats one means to fetch; all can be.</summary>
    public IReadOnlyList<string>? Formats { get; init; }

    /// <summary>The song's title and artist, where the file does not say or says wrong.</summary>
    public string? Title { get; init; }

    public string? Artist { get; init; }

    /// <summary>True to get the words in English.</summary>
    public bool? Translate { get; init; }

    /// <summary>True to get lines of other scripts in Latin letters too.</summary>
    public bool? Romanize { get; init; }

    /// <summary>Names and spellings the song may hold.</summary>
    public string? Prompt { get; init; }

    /// <summary><c>auto</c> to look the words up, where none are given with the song.</summary>
    public string? Lyrics { get; init; }

    /// <summary>True where words that come with the song may be another's: they are used if they are what is sung.</summary>
    public bool? CheckLyrics { get; init; }

    /// <summary>Beams of Whisper's search, 1 to 10.</summary>
    public int? Beam { get; init; }

    /// <summary>True to wait for a worker with a graphics card.</summary>
    public bool? Gpu { get; init; }

    /// <summary>Before others when above 0, after them when below; -10 to 10.</summary>
    public int? Priority { get; init; }

    /// <summary>An address that is told when the job has ended.</summary>
    public string? Webhook { get; init; }

    /// <summary>Only this stretch of the song; its words keep the song's times.</summary>
    public Passage? Passage { get; init; }

    /// <summary>What is made of a song whose words are there; only of jobs that are part of another.</summary>
    public ExportOptions? Export { get; init; }

    /// <summary>True to work anew even if the result is in the store.</summary>
    public bool? Fresh { get; init; }

    /// <summary>The options as the pipeline takes them.</summary>
    /// <param name="path">The song's file; empty where only the choice of the engine matters.</param>
    public SongRequest ToRequest(string path) => new(path)
    {
        Track = Track,
        Language = Language,
        Engine = Engine,
        Model = Model,
        Title = Title,
        Artist = Artist,
        Translate = Translate == true,
        Romanize = Romanize == true,
        Prompt = Prompt,
        BeamSize = Beam,
        Quality = Quality is { } quality ? Enum.Parse<SongQuality>(quality, ignoreCase: true) : null,
        Separate = Separate is { } mode ? Enum.Parse<SeparationMode>(mode, ignoreCase: true) : null,
        FindLyrics = Lyrics is not null,
        CheckLyrics = CheckLyrics == true,
        KeepStems = Stems == true,
        Fresh = Fresh == true,
    };

    /// <summary>The same without texts that are empty, which clients send for what was left blank.</summary>
    public JobOptions WithoutBlanks() => this with
    {
        Language = Said(Language),
        Engine = Said(Engine),
        Model = Said(Model),
        Quality = Said(Quality),
        Separate = Said(Separate),
        Title = Said(Title),
        Artist = Said(Artist),
        Prompt = Said(Prompt),
        Lyrics = Said(Lyrics),
        Webhook = Said(Webhook),
    };

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>What the result depends on: the same work has the same options here.</summary>
    public JobOptions Canonical() => this with { Formats = null, Fresh = null, Gpu = null, Priority = null, Webhook = null };
}

/// <summary>A stretch of a song, in seconds from its start.</summary>
internal sealed record Passage(double Start, double End);
