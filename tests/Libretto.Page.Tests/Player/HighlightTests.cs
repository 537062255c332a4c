using System.Globalization;

namespace Libretto.Page.Tests.Player;

public sealed class HighlightTests(Site site)
{
    /// <summary>Milliseconds, of the audio clock, that a word may light up before or after its time.</summary>
    private const double Limit = 30;

    /// <summary>Milliseconds between two frames of a screen.</summary>
    private const double Frame = 1000 / 60.0;

    // Notes for each word, at the frame that first shows it lit: what the element's own clock says there, and how long ago the frame before
    // was drawn. A browser's audio clock stands still while a script runs, so a script that is held up sees no other time.
    private const string Note = """
        () => {
          const { stage, deck: { audio } } = document.querySelector('libretto-player');
          const show = stage.show.bind(stage), lit = window.lit = [];
          let before = performance.now();
          for (const word of document.querySelectorAll('.word.now')) word.dataset.noted = 'true';
          stage.show = (time, still) => {
            const at = performance.now(), heard = audio.currentTime * 1000;
            show(time, still);
            const word = document.querySelector('.word.now');
            if (word && !word.dataset.noted) {
              word.dataset.noted = 'true';
              lit.push([heard - Number(word.dataset.start), at - before]);
            }
            before = at;
          };
        }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    public async Task Words_light_up_with_the_sound(double rate)
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        while (await RateAsync(visitor) < rate)
            await visitor.Button("Faster").ClickAsync();
        Assert.Equal(rate, await RateAsync(visitor));

        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').jump(4)");
        await visitor.Page.EvaluateAsync(Note);
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 24", null, new() { Timeout = 30_000 });

        var all = await visitor.Page.EvaluateAsync<double[][]>("window.lit");
        var drawn = all.Select(word => word[0]).ToArray();
        var errors = all.Select(word => Ours(word[0], word[1] * rate, rate)).ToArray();
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"highlight at {rate}x: {all.Length} words, median {Percentile(errors, 0.5):0.0} ms, 95th percentile {Percentile(errors, 0.95):0.0} ms, with late frames {Percentile(drawn, 0.95):0.0} ms"));
        Assert.True(all.Length >= 10, $"only {all.Length} words lit up");
        Assert.InRange(Percentile(errors, 0.95), 0, Limit);
    }

    [Fact]
    public async Task A_click_on_a_word_plays_from_there_and_keys_do_the_rest()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        var word = visitor.Page.Locator(".word").Nth(12);
        var start = double.Parse((await word.GetAttributeAsync("data-start"))!, CultureInfo.InvariantCulture) / 1000;

        await word.ClickAsync();
        var there = await TimeAsync(visitor);
        await visitor.Page.Keyboard.PressAsync("ArrowRight");
        var later = await TimeAsync(visitor);
        await visitor.Page.Keyboard.PressAsync("Home");
        await visitor.Page.Keyboard.PressAsync("k");
        await visitor.Button("Pause").First.WaitForAsync();
        await visitor.Page.Keyboard.PressAsync("f");
        await visitor.Page.Locator("libretto-player.karaoke").WaitForAsync();
        await visitor.Page.Keyboard.PressAsync("f");

        Assert.InRange(there, start - 0.05, start + 0.05);
        Assert.InRange(later, start + 4.9, start + 5.1);
        Assert.Equal(0, await visitor.Page.Locator("libretto-player.karaoke").CountAsync());
    }

    [Fact]
    public async Task The_waveform_keeps_its_place_when_the_window_changes()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').jump(9)");
        var width = await visitor.Page.EvaluateAsync<int>("document.querySelector('[data-wave]').clientWidth");

        await visitor.Page.SetViewportSizeAsync(900, 700);

        await visitor.Page.WaitForFunctionAsync("""
            (before) => {
              const { wave, duration } = document.querySelector('libretto-player'), width = wave.holder.clientWidth;
              return width !== before && Math.abs(wave.at - (9 / duration) * width) <= 1;
            }
            """, width);
    }

    [Fact]
    public async Task Stems_are_mixed_on_one_clock_at_any_speed_and_key()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        // The recording in the place of both stems: what is tested is the mixing, not what is mixed.
        await visitor.Page.EvaluateAsync("""
            () => {
              const player = document.querySelector('libretto-player'), place = player.parentElement, next = player.nextSibling;
              player.dataset.vocals = player.dataset.instrumental = player.dataset.mix;
              player.remove();
              place.insertBefore(player, next);
            }
            """);
        await visitor.Page.Locator("libretto-player[data-stems=true]").WaitForAsync();
        for (var i = 0; i < 3; i++)
            await visitor.Button("Faster").ClickAsync();
        await visitor.Button("Half a tone lower").ClickAsync();
        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').jump(4)");
        await visitor.Button("Play").ClickAsync();

        // The stems' clock against the time that passes, over two seconds of it.
        var speed = await visitor.Page.EvaluateAsync<double>("""
            async () => {
              const { deck } = document.querySelector('libretto-player');
              while (deck.now() < 5) await new Promise(requestAnimationFrame);
              const [song, time] = [deck.now(), deck.context.currentTime];
              while (deck.context.currentTime < time + 2) await new Promise(requestAnimationFrame);
              return (deck.now() - song) / (deck.context.currentTime - time);
            }
            """);
        await visitor.Page.Locator(".word.now").WaitForAsync();

        Assert.InRange(speed, 1.49, 1.51);
    }

    /// <summary>
    /// The error without what a busy browser adds: a word whose time passes while no frame is drawn can light up no earlier than with the
    /// next frame. Words that light up early are never excused.
    /// </summary>
    /// <param name="error">Milliseconds of the song.</param>
    /// <param name="passed">How much of the song passed since the frame before.</param>
    /// <param name="rate">The speed.</param>
    private static double Ours(double error, double passed, double rate) =>
        error <= 0 ? error : Math.Max(0, error - Math.Max(0, passed - (Frame * rate)));

    private static Task<double> RateAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.audio.playbackRate");

    private static Task<double> TimeAsync(Visitor visitor) => visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()");

    private static double Percentile(double[] errors, double share)
    {
        var sorted = errors.Select(Math.Abs).Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }
}
