using System.Globalization;

namespace Libretto.Page.Tests.Player;

public sealed class HighlightTests(Site site)
{
    /// <summary>Milliseconds, as they are heard, that a word may light up before or after its time.</summary>
    private const double Limit = 30;

    /// <summary>Milliseconds between two frames of a screen.</summary>
    private const double Frame = 1000 / 60.0;

    // Notes for each word, at the frame that first shows it lit: what the element's own clock says there, and how long ago the frame before
    // was drawn. A browser's audio clock stands still while a script runs, so a script that is held up sees no other time.
    private const string Note = """
        () => {
          const { deck: { audio } } = document.querySelector('libretto-player'), lit = window.lit = [];
          const seen = new Set(document.querySelectorAll('.word.now'));
          let before = performance.now();
          const frame = () => {
            const at = performance.now(), heard = audio.currentTime * 1000;
            for (const word of document.querySelectorAll('.word.now'))
              if (!seen.has(word)) {
                seen.add(word);
                lit.push([heard - Number(word.dataset.start), at - before]);
              }
            before = at;
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }
        """;

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Words_light_up_with_the_sound(double rate)
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        while (await RateAsync(visitor) is var now && now != rate)
            await visitor.Button(now < rate ? "Faster" : "Slower").ClickAsync();
        Assert.Equal(rate, await RateAsync(visitor));

        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').jump(4)");
        await visitor.Page.EvaluateAsync(Note);
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("(end) => document.querySelector('libretto-player').deck.now() > end", rate < 1 ? 15 : rate > 1 ? 24 : 18, new() { Timeout = 30_000 });

        var all = await visitor.Page.EvaluateAsync<double[][]>("window.lit");
        var drawn = all.Select(word => word[0] / rate).ToArray();
        var errors = all.Select(word => Ours(word[0] / rate, word[1])).ToArray();
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"highlight at {rate}x: {all.Length} words, median {Percentile(errors, 0.5):0.0} ms, 95th percentile {Percentile(errors, 0.95):0.0} ms, with late frames {Percentile(drawn, 0.95):0.0} ms"));
        Assert.True(all.Length >= 10, $"only {all.Length} words lit up");
        Assert.InRange(Percentile(errors, 0.95), 0, Limit);
    }

    [Fact]
    public async Task While_a_song_plays_nothing_runs_but_what_begins_a_word_a_line_or_a_second()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').jump(4)");
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.Locator(".word.now").WaitForAsync();

        // Whatever is drawn, over four seconds of the song: how often the stage is asked, and what of it changes.
        var seen = await visitor.Page.EvaluateAsync<int[]>("""
            async () => {
              const { stage, deck } = document.querySelector('libretto-player'), show = stage.show.bind(stage);
              const from = deck.now(), ask = window.requestAnimationFrame;
              let [shown, frames, words] = [0, 0, 0];
              stage.show = (...all) => (shown++, show(...all));
              window.requestAnimationFrame = (run) => (frames++, ask(run));
              while (deck.now() < from + 4) await new Promise((next) => setTimeout(next, 50));
              window.requestAnimationFrame = ask;
              words = stage.words.filter((word) => word.start >= from && word.start < from + 4).length;
              return [shown, frames, words];
            }
            """);

        // Five times a second for the clock, and once or twice for each word and line.
        Assert.InRange(seen[0], seen[2], 30 + (3 * seen[2]));
        Assert.Equal(0, seen[1]);
    }

    [Fact]
    public async Task A_word_is_filled_as_far_as_it_is_sung_also_when_the_song_stands_still_or_the_word_goes_on_in_the_next_row()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();

        // Half a word at rest; then the same in a stage so narrow that its letters stand in several rows.
        var halves = await visitor.Page.EvaluateAsync<double[]>("""
            () => {
              const player = document.querySelector('libretto-player'), { stage } = player;
              const word = stage.words.find((word) => word.end - word.start > 0.2 && word.syllables.length === 0);
              stage.show((word.start + word.end) / 2, true, 0);
              const box = word.element.querySelector('.fill'), width = box.getBoundingClientRect().width;
              const half = 1 + new DOMMatrix(getComputedStyle(box).transform).e / width;
              word.element.parentElement.style.width = '1.5em';
              stage.reset();
              stage.show((word.start + word.end) / 2, true, 0);
              return [half, parseFloat(getComputedStyle(word.element).getPropertyValue('--fill')) / 100];
            }
            """);

        Assert.Equal(0.5, halves[0], 0.02);
        Assert.Equal(0.5, halves[1], 0.02);
        Assert.Equal(1, await visitor.Page.Locator(".word.now.broken").CountAsync());
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
    /// <param name="error">Milliseconds.</param>
    /// <param name="passed">How many passed since the frame before.</param>
    private static double Ours(double error, double passed) => error <= 0 ? error : Math.Max(0, error - Math.Max(0, passed - Frame));

    private static Task<double> RateAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.audio.playbackRate");

    private static Task<double> TimeAsync(Visitor visitor) => visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()");

    private static double Percentile(double[] errors, double share)
    {
        var sorted = errors.Select(Math.Abs).Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }
}
