namespace Libretto.Page.Tests.Player;

public sealed class ShifterTests(Site site)
{
    /// <summary>What js/shifter.js says that the worklet holds back, in milliseconds.</summary>
    private const double Delay = 128;

    // Sends bursts of a tone, every half second of the song, through the worklet, and tells how late each comes out.
    private const string Measure = """
        async ([semitones, rate]) => {
          const page = [...document.scripts].find((script) => script.src.includes('/js/page.js')).src;
          const context = new OfflineAudioContext(2, 48000 * 3, 48000);
          await context.audioWorklet.addModule(page.replace('js/page.js', 'vendor/soundtouch/soundtouch-processor.js'));
          const node = new AudioWorkletNode(context, 'soundtouch-processor', { outputChannelCount: [2] });
          node.parameters.get('pitchSemitones').value = semitones;
          node.parameters.get('playbackRate').value = rate;
          node.connect(context.destination);
          const buffer = context.createBuffer(1, 48000 * 6, 48000);
          buffer.getChannelData(0).forEach((_, i, data) => { data[i] = (i / 48000) % 0.5 < 0.1 ? Math.sin(i * 2 * Math.PI * 440 / 48000) * 0.8 : 0; });
          const source = context.createBufferSource();
          source.buffer = buffer;
          source.playbackRate.value = rate;
          source.connect(node);
          source.start(0);
          const heard = (await context.startRendering()).getChannelData(0), delays = [];
          for (let i = 0, quiet = 0; i < heard.length; i++) {
            if (Math.abs(heard[i]) < 0.05) { quiet++; continue; }
            if (quiet > 48000 * 0.04 / rate && i > 48000) delays.push(((i / 48000) % (0.5 / rate)) * 1000);
            quiet = 0;
          }
          return delays;
        }
        """;

    [Fact]
    public async Task The_key_shift_holds_a_sound_back_for_as_long_as_the_clock_believes()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.Page.GotoAsync("/sign-in");
        foreach (var (semitones, rate) in ((double, double)[])[(2, 1), (-3, 1), (0, 1.5), (0, 0.75)])
        {
            var delays = await visitor.Page.EvaluateAsync<double[]>(Measure, new[] { semitones, rate });
            Assert.NotEmpty(delays);
            Assert.InRange(delays.Average(), Delay - 15, Delay + 15);
        }
    }
}
