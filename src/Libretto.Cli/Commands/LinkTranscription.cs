using System.Diagnostics;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Storage;

namespace Libretto.Cli.Commands;

/// <summary>A link's way on the command line: fetched, then as any other song, with results named after its title.</summary>
/// <param name="links">Fetches.</param>
/// <param name="temporary">Where the song lies meanwhile.</param>
/// <param name="transcription">Does the rest.</param>
/// <param name="display">Shows the work.</param>
/// <param name="fresh">Whether it is fetched even if it is known.</param>
/// <param name="keep">Whether it is kept for the next time.</param>
/// <param name="outputs">Names the results of a song of a given name.</param>
internal sealed class LinkTranscription(
    LinkFetch links, ProcessFolder temporary, SongTranscription transcription, IDisplay display, bool fresh, bool keep, LinkOutputs outputs)
{
    // Of the whole work; only the progress shown depends on it.
    private const double FetchShare = 0.3;

    public async Task<SongOutcome> RunAsync(string text, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var folder = Directory.CreateDirectory(temporary.NewFile()).FullName;
        try
        {
            display.Report(new SongProgress(Stage.Acquire, 0, "asking what the link leads to"));
            var fetched = await links.FetchAsync(
                new LinkRequest(SongLink.Parse(text), folder) { Fresh = fresh, Keep = keep }, new Download(display), cancellationToken);
            foreach (var notice in fetched.Notices)
                display.Report(new SongProgress(Stage.Acquire, 0, notice) { Notice = notice });
            var song = outputs.Of(fetched);
            var origin = new SongOrigin(fetched.Facts.Title, fetched.Facts.Artist, new LyricsSource("link") { Url = fetched.Facts.Url, VideoId = fetched.Facts.VideoId });
            var outcome = await transcription.RunAsync(song, cancellationToken, origin, from: FetchShare);
            return outcome with { Song = fetched.Facts.Name, Taken = clock.Elapsed };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Download(IDisplay display) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) =>
            display.Report(new SongProgress(Stage.Acquire, FetchShare * (value.Fraction ?? 0), "downloading"));
    }
}

/// <summary>Names the results of links: after the song, in one folder, and never two songs alike.</summary>
/// <param name="folder">The folder they go to; the working folder when null.</param>
/// <param name="formats">The formats wanted.</param>
/// <param name="stems">How stems are written; null for none.</param>
/// <param name="taken">Files that other songs of the run are written to.</param>
internal sealed class LinkOutputs(string? folder, IReadOnlyList<ILyricsFormat> formats, AudioFormat? stems, IEnumerable<string> taken)
{
    private readonly HashSet<string> _taken = [.. taken.Select(Path.GetFullPath)];

    public SongOutputs Of(FetchedLink fetched)
    {
        var name = FileName.Of(fetched.Facts.Name);
        var outputs = Named(fetched.Path, name);
        for (var number = 2; outputs.Paths.Any(path => _taken.Contains(Path.GetFullPath(path))); number++)
            outputs = Named(fetched.Path, $"{name} ({number})");
        _taken.UnionWith(outputs.Paths.Select(Path.GetFullPath));
        return outputs;
    }

    private SongOutputs Named(string song, string name)
    {
        var place = Path.Combine(folder ?? "", name);
        return new SongOutputs(song, [.. formats.Select(format => (place + format.Extension, format))])
        {
            Stems = stems is { } format ? StemOutputs.Of(song, place, format) : null,
        };
    }
}
