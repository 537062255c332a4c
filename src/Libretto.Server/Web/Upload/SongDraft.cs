namespace Libretto.Server.Web.Upload;

/// <summary>A file or link that was chosen, and how its way to the server stands.</summary>
internal sealed class SongDraft(string id, string name, long? size)
{
    public string Id { get; } = id;

    /// <summary>The file's name or the link.</summary>
    public string Name { get; } = name;

    /// <summary>Bytes; null for a link.</summary>
    public long? Size { get; } = size;

    public bool IsLink => Size is null;

    /// <summary>Whether it is a list of songs.</summary>
    public bool IsList { get; init; }

    /// <summary>The list that came of it.</summary>
    public string? ListId { get; set; }

    /// <summary>What of the list did not become a job and why; null when all did.</summary>
    public string? LeftOut { get; set; }

    /// <summary>Share sent, 0 to 1; null while it waits to be sent.</summary>
    public double? Sent { get; set; }

    /// <summary>The job that came of it.</summary>
    public string? JobId { get; set; }

    /// <summary>Why it was not taken, in the server's words.</summary>
    public string? Trouble { get; set; }

    /// <summary>Whether it is of no use to send it, or to send it again: the server would refuse it.</summary>
    public bool IsHopeless { get; set; }

    /// <summary>Whether it was dropped, and so sent at once.</summary>
    public bool IsDropped { get; init; }

    /// <summary>Whether it waits to be sent.</summary>
    public bool IsReady => JobId is null && ListId is null && Sent is null && Trouble is null;
}

/// <summary>A file as the browser tells of it.</summary>
internal sealed record ChosenFile(string Id, string Name, long Size);
