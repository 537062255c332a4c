using System.Text.Json;
using Libretto.Server.Api;
using Libretto.Server.Jobs;

namespace Libretto.Server.Web.Start;

/// <summary>What the user wants of the songs; what is left alone is the server's to choose.</summary>
public sealed class SongWishes
{
    public string Language { get; set; } = "";

    public string Engine { get; set; } = "";

    public string Quality { get; set; } = "";

    /// <summary>Where the words come from: nowhere, pasted (which a file is too, once read), or looked up.</summary>
    public string LyricsFrom { get; set; } = "";

    public string Lyrics { get; set; } = "";

    public bool Stems { get; set; }

    /// <summary>The wishes as the API's JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(Options, ApiJson.Default.JobOptions);

    /// <summary>The API's body for a link.</summary>
    public string ToJson(string url) =>
        JsonSerializer.Serialize(new LinkRequest(url, Given, Options), ApiJson.Default.LinkRequest);

    /// <summary>The words that go with the song; null for none.</summary>
    public string? Given => LyricsFrom == "paste" && Lyrics.Trim().Length > 0 ? Lyrics : null;

    private JobOptions Options => new()
    {
        Language = Wish(Language), Engine = Wish(Engine), Quality = Wish(Quality), Stems = Stems ? true : null,
    };

    private static string? Wish(string value) => value.Length == 0 ? null : value;
}
