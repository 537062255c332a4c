using System.Text.Json;
using System.Text.Json.Nodes;
using Libretto.Server.Api;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Web.Upload;

/// <summary>What the user wants of the songs; what is left alone is the server's to choose.</summary>
public sealed class SongOptions
{
    public string Language { get; set; } = "";

    public string Engine { get; set; } = "";

    public string Quality { get; set; } = "";

    /// <summary>Voice and music as recordings of their own.</summary>
    public bool Stems { get; set; }

    /// <summary>The words in English, whatever is sung.</summary>
    public bool Translate { get; set; }

    /// <summary>The words in Latin letters too.</summary>
    public bool Romanize { get; set; }

    /// <summary>Where the words come from: <see cref="Heard"/>, <see cref="Mine"/> or <see cref="Library"/>.</summary>
    public string Words { get; set; } = Heard;

    /// <summary>The words are taken down by ear.</summary>
    public const string Heard = "";

    /// <summary>The user has the words.</summary>
    public const string Mine = "mine";

    /// <summary>The words are looked up.</summary>
    public const string Library = "library";

    /// <summary>The words that the song came with, when it is made again.</summary>
    public const string Before = "before";

    /// <summary>The words, pasted or out of a file, in any format that can be read.</summary>
    public string Lyrics { get; set; } = "";

    /// <summary>The song's title, where the words are looked up and the file does not say.</summary>
    public string Title { get; set; } = "";

    public string Artist { get; set; } = "";

    /// <summary>The words that go with the song; null for none.</summary>
    public string? Given => Words == Mine && Lyrics.Trim().Length > 0 ? Lyrics : null;

    /// <summary>The wishes in the API's terms.</summary>
    internal JobOptions Options => new()
    {
        Language = Wish(Language), Engine = Wish(Engine), Quality = Wish(Quality), Stems = Wish(Stems), Translate = Wish(Translate),
        Romanize = Wish(Romanize), Lyrics = Words == Library ? "auto" : null, Title = Named(Title), Artist = Named(Artist),
    };

    /// <summary>What is worth remembering for the next song: not what is one song's own.</summary>
    public string ToWishes() => JsonSerializer.Serialize(
        new JobOptions
        {
            Language = Wish(Language), Engine = Wish(Engine), Quality = Wish(Quality), Stems = Stems, Romanize = Wish(Romanize),
        },
        ApiJson.Readable.JobOptions);

    /// <summary>Takes up what was remembered; what means nothing any more is left alone.</summary>
    /// <param name="json">By <see cref="ToWishes"/>.</param>
    /// <param name="engines">The engines there are.</param>
    public void Remember(string? json, IEnumerable<string> engines)
    {
        try
        {
            if (json is null || JsonSerializer.Deserialize(json, ApiJson.Readable.JobOptions) is not { } wishes)
                return;
            (Language, Quality, Stems) = (wishes.Language ?? "", wishes.Quality ?? "", wishes.Stems != false);
            Romanize = wishes.Romanize == true;
            Engine = wishes.Engine is { } engine && engines.Contains(engine) ? engine : "";
        }
        catch (JsonException)
        {
            // From another version of Libretto.
        }
    }

    /// <summary>The wishes as the API's JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(Options, ApiJson.Readable.JobOptions);

    /// <summary>The API's body for a link.</summary>
    public string ToJson(string url)
    {
        var body = new JsonObject { ["url"] = url, ["options"] = JsonSerializer.SerializeToNode(Options, ApiJson.Readable.JobOptions) };
        if (Given is { } lyrics)
            body["lyrics"] = lyrics;
        return body.ToJsonString();
    }

    /// <summary>The wishes for each song of a list, as the API's JSON: a title and an artist are of one song.</summary>
    public string ToListJson() => JsonSerializer.Serialize(OfList, ApiJson.Readable.JobOptions);

    /// <summary>The API's body for a link that leads to a list.</summary>
    public string ToListJson(string url) => new JsonObject
    {
        ["url"] = url, ["options"] = JsonSerializer.SerializeToNode(OfList, ApiJson.Readable.JobOptions),
    }.ToJsonString();

    private JobOptions OfList => Options with { Title = null, Artist = null };

    /// <summary>A name counts where the words are looked up by it.</summary>
    private string? Named(string name) => Words == Library ? Wish(name.Trim()) : null;

    private static string? Wish(string value) => value.Length == 0 ? null : value;

    private static bool? Wish(bool value) => value ? true : null;
}
