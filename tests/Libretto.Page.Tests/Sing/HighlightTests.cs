using System.Globalization;

namespace Libretto.Page.Tests.Sing;

public sealed class HighlightTests(Site site)
{
    /// <summary>Milliseconds, of the audio clock, that a word may light up before or after its time.</summary>
    private const double Limit = 30;

    /// <summary>Milliseconds between two frames, of 17, above which one was missed because the machine was busy with others.</summary>
    private const double Busy = 25;

    // Notes at which moment of the element's own clock each word lit up, and how long the frame before it stood.
    private const string Note = """
        () => {
          const audio = document.querySelector('libretto-player').deck.audio;
          const lit = window.lit = [];
          let last = 0, before = 0;
          const frame = (at) => {
            [before, last] = [last, at];
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
          new MutationObserver((changes) => {
            const time = audio.currentTime, at = document.timeline.currentTime;
            for (const { target } of changes)
              if (target.classList?.contains('now') && !target.dataset.noted) {
                target.dataset.noted = 'true';
                lit.push([(time - Number(target.dataset.start) / 1000) * 1000, at - (last === at ? before : last)]);
              }
          }).observe(document.querySelector('[data-lines]'), { subtree: true, attributeFilter: ['class'] });
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
        var errors = all.Where(word => word[1] <= Busy).Select(word => word[0]).ToArray();
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"highlight at {rate}x: {errors.Length} of {all.Length} words, median {Percentile(errors, 0.5):0.0} ms, 95th percentile {Percentile(errors, 0.95):0.0} ms"));
        Assert.SkipWhen(errors.Length < 10, "the machine is too busy to draw frames");
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

    private static Task<double> RateAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.audio.playbackRate");

    private static Task<double> TimeAsync(Visitor visitor) => visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()");

    private static double Percentile(double[] errors, double share)
    {
        var sorted = errors.Select(Math.Abs).Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }
}
