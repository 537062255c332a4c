namespace Libretto.Library.Files;

/// <summary>The folders of what is named as a collection: a folder with all below, or a list of songs.</summary>
internal static class LibraryFolders
{
    /// <summary>The folders, each with its files.</summary>
    /// <param name="root">A folder or a list, as a full path.</param>
    /// <param name="walk">Goes through folders.</param>
    /// <param name="trouble">Told of what a list names in vain.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static IEnumerable<WalkedFolder> Of(
        string root, LibraryWalk walk, Action<string> trouble, CancellationToken cancellationToken) =>
        Directory.Exists(root) ? walk.Walk(root, cancellationToken) : new PlaylistFiles(trouble).Folders(root, cancellationToken);
}
