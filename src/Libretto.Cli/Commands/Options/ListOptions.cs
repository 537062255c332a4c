using System.CommandLine;
using Libretto.Cli.Songs;

namespace Libretto.Cli.Commands.Options;

/// <summary>Whether links may lead to lists of songs, and how many are taken of each.</summary>
internal sealed class ListOptions
{
    private const int Usual = 100, Most = 1000;

    private readonly Option<bool> _playlist = new("--playlist")
    {
        Description = "Take all songs of links that lead to playlists, albums or channels.",
    };

    private readonly Option<int> _items = new("--playlist-items")
    {
        Description = $"The first songs of each such list, 1 to {Most}.",
        HelpName = "N",
        DefaultValueFactory = _ => Usual,
    };

    public ListOptions(Command command)
    {
        _items.Validators.Add(result =>
        {
            if (result.GetValue(_items) is < 1 or > Most)
                result.AddError($"--playlist-items takes a number from 1 to {Most}.");
        });
        command.Add(_playlist);
        command.Add(_items);
    }

    /// <summary>How many songs of each link that is a list are taken; null where links are songs.</summary>
    public int? Read(ParseResult parsed) => parsed.GetValue(_playlist) ? parsed.GetValue(_items) : null;
}
