using System.Globalization;
using Libretto.Bench;
using Libretto.Bench.Scale;

return args switch
{
    ["speed", .. var files] => await SpeedBench.RunAsync(files),
    ["songs", .. var songs] => await SongsBench.RunAsync(songs),
    ["pipeline", .. var songs] => await PipelineBench.RunAsync(songs),
    ["profile", .. { Length: > 0 } songs] => await ProfileBench.RunAsync(songs),
    ["memory", .. var files] => await MemoryBench.RunAsync(files.FirstOrDefault()),
    ["hosted", .. var files] => await HostedBench.RunAsync(files.FirstOrDefault()),
    ["server", var file] => await ServerBench.RunAsync(file),
    ["page", "--watchers", var views, var file] => await WatchersBench.RunAsync(file, int.Parse(views, CultureInfo.InvariantCulture)),
    ["page", var file] => await PageBench.RunAsync() + await WatchersBench.RunAsync(file, 50),
    ["stage", .. var files] => await StageBench.RunAsync(files.FirstOrDefault()),
    ["drop"] => await DropBench.RunAsync(),
    [WatchersBench.Serve, var file] => await WatchersBench.ServeAsync(file),
    ["karaoke", var pitchModel] => await KaraokeBench.RunAsync(pitchModel, Directory.GetCurrentDirectory()),
    ["claims"] => await ScaleBench.RunClaimsAsync(),
    ["scale"] => await ScaleBench.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: bench/run speed [FILE...]          seconds, latency of the first word and memory of the command line, default engine
               bench/run hosted [FILE]           what a song costs in time besides the hosted engine's own
               bench/run server FILE             the job service: reads a second, songs posted again, events between servers
               bench/run page FILE               the page in Chromium: its weight, how soon it is alive; what 50 views cost
               bench/run page --watchers N FILE  what N views of one moving job cost the server, without a browser
               bench/run stage [FILE]            what a song that plays costs the browser, and how true its words are
               bench/run drop                    from the drop of a song to the recording playing and the first words, beside the command line
               bench/run scale                   days of a thousand to a million songs, simulated; with DATABASE_URL what PostgreSQL bears
               bench/run karaoke MODEL           four minutes as MP4 and CD+G, and the notes of the voice by MODEL (the folder of swift-f0)
               bench/run claims                  how many jobs a second 1, 4 and 16 workers can claim of the PostgreSQL at DATABASE_URL
               bench/run pipeline [SONG=LANGUAGE...] everything for a song, both stems and words, with each stage's share
               bench/run memory [FILE]           peak memory for four minutes of music and for an hour of it
               bench/run profile SONG=LANGUAGE... where Whisper's time goes
               bench/run songs [SONG=LANGUAGE...] Whisper beside Whisper.net: words, times, lines, speed and memory
        """);
    return 2;
}
