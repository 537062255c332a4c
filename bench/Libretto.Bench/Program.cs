using Libretto.Bench;

return args switch
{
    ["speed", .. var files] => await SpeedBench.RunAsync(files),
    ["songs", .. var songs] => await SongsBench.RunAsync(songs),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: bench/run speed [FILE...]          seconds, latency of the first word and memory of the command line, default engine
               bench/run songs [SONG=LANGUAGE...] Whisper beside whisper.cpp: words, times, speed and memory
        """);
    return 2;
}
