namespace Libretto.Page.Tests.Player;

public sealed class KaraokeTests(Site site)
{
    private const string Player = "document.querySelector('libretto-player')";

    [Fact]
    public async Task A_click_on_karaoke_and_then_space_plays_and_what_steers_it_goes_with_the_cursor()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        await visitor.Button("Karaoke").ClickAsync();
        await visitor.Button("Leave karaoke").WaitForAsync();
        await visitor.Page.Keyboard.PressAsync(" ");

        await visitor.Page.WaitForFunctionAsync($"() => {Player}.matches('.karaoke.playing.idle')");
        var (controls, cursor) = (await StyleAsync(visitor, ".controls", "opacity"), await StyleAsync(visitor, "libretto-player", "cursor"));
        await visitor.Page.WaitForFunctionAsync("() => getComputedStyle(document.querySelector('.controls')).opacity === '0'");
        await visitor.Page.Mouse.MoveAsync(200, 200);
        await visitor.Page.WaitForFunctionAsync("() => getComputedStyle(document.querySelector('.controls')).opacity === '1'");

        Assert.Equal("none", cursor);
        Assert.NotEqual("", controls);
    }

    [Theory]
    [InlineData(844, 390)]
    [InlineData(390, 664)]
    [InlineData(1280, 720)]
    [InlineData(1920, 1080)]
    [InlineData(3840, 2160)]
    public async Task The_line_that_is_sung_is_whole_and_the_next_one_is_seen(int width, int height)
    {
        await using var visitor = await PlayerAsync(new Look(width, height, true));
        await visitor.Page.Keyboard.PressAsync("f");
        await visitor.Page.EvaluateAsync($"{Player}.jump({Player}.stage.order[2].start + 0.3)");
        await visitor.Page.WaitForTimeoutAsync(600);
        await visitor.ShotAsync($"karaoke-{width}x{height}");

        var (top, bottom, next, shown) = await BoxesAsync(visitor);
        Assert.True(top >= 0 && bottom <= height, $"the line lies from {top} to {bottom} of {height}");
        Assert.True(next < height, $"the next line begins at {next} of {height}");
        Assert.InRange(shown, 0.6, 1);
    }

    [Fact]
    public async Task A_line_comes_to_the_front_before_it_is_sung()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        // The first line after a pause long enough.
        var line = await visitor.Page.EvaluateAsync<int>($$"""
            () => { const { order } = {{Player}}.stage; return order.findIndex((line, i) => i > 0 && line.start - order[i - 1].end > 0.6); }
            """);
        await visitor.Page.EvaluateAsync($"{Player}.jump({Player}.stage.order[{line}].start - 0.4)");

        Assert.True(await visitor.Page.EvaluateAsync<bool>($"{Player}.stage.order[{line}].element.matches('.current')"));
        await visitor.Page.EvaluateAsync($"{Player}.jump({Player}.stage.order[{line}].start - 0.7)");
        Assert.False(await visitor.Page.EvaluateAsync<bool>($"{Player}.stage.order[{line}].element.matches('.current')"));
    }

    [Fact]
    public async Task An_intro_says_how_long_it_takes_and_the_first_word_is_always_counted_to()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        // A song of our own in which singing begins late, and one in which it begins soon.
        var (late, soon, clock) = await visitor.Page.EvaluateAsync<string[]>($$"""
            () => {
              const { stage } = {{Player}}, { pauses } = stage, { constructor: Pauses } = pauses;
              const box = stage.list.closest('.stage'), say = (words, time) => {
                new Pauses(box, words).show(time);
                return { left: box.querySelector('[data-countdown]').dataset.left, clock: box.querySelector('[data-break]').textContent };
              };
              const intro = say([{ start: 32, end: 33 }], 5);
              return [say([{ start: 32, end: 33 }], 30.5).left, say([{ start: 1.5, end: 2 }], 0).left, intro.clock];
            }
            """) is [var one, var two, var three] ? (one, two, three) : default;

        Assert.Equal("2", late);
        Assert.Equal("2", soon);
        Assert.Equal("Singing begins in 0:27", clock);
    }

    [Fact]
    public async Task On_a_phone_the_way_out_is_named_and_offset_and_sizes_are_remembered()
    {
        await using var visitor = await PlayerAsync(Look.Phone);
        await visitor.Button("Karaoke").ClickAsync();
        await visitor.Button("Leave karaoke").ClickAsync();
        await visitor.Button("Larger words").ClickAsync();
        await visitor.Page.Keyboard.PressAsync(".");
        await visitor.GoAsync($"/jobs/{await site.SongAsync()}");
        await visitor.PlayerAsync();

        Assert.Equal("1.2", await visitor.Page.EvaluateAsync<string>($"String({Player}.size)"));
        Assert.Equal("20", await visitor.Page.EvaluateAsync<string>($"String({Player}.offset)"));
    }

    [Fact]
    public async Task The_screen_stays_on_while_it_plays_and_the_system_knows_the_song()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        await visitor.Page.EvaluateAsync("""
            () => {
              window.locks = [];
              Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => {
                const lock = { kind, released: false, release: async () => (lock.released = true) };
                window.locks.push(lock);
                return lock;
              } } });
            }
            """);
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => window.locks.length === 1 && navigator.mediaSession.playbackState === 'playing'");
        // A phone that slept has let go of the screen; once it is awake the song holds it again.
        await visitor.Page.EvaluateAsync("window.locks[0].released = true; document.dispatchEvent(new Event('visibilitychange'))");
        await visitor.Page.WaitForFunctionAsync("() => window.locks.length === 2 && !window.locks[1].released");
        var title = await visitor.Page.EvaluateAsync<string>("navigator.mediaSession.metadata.title");
        await visitor.Page.EvaluateAsync($"{Player}.toggle()");
        await visitor.Page.WaitForFunctionAsync("() => window.locks.every((lock) => lock.released) && navigator.mediaSession.playbackState === 'paused'");

        Assert.Equal(await visitor.Page.Locator("h1").InnerTextAsync(), title);
    }

    [Fact]
    public async Task A_key_that_is_pressed_quickly_is_counted_every_time()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        foreach (var _ in (int[])[1, 2, 3])
            await visitor.Page.EvaluateAsync("document.querySelector('[data-do=key-up]').click()");
        // The node is there a moment before its key is.
        await visitor.Page.WaitForFunctionAsync($"() => {Player}.deck.routed?.shifter.node?.parameters.get('pitchSemitones').value === 3");

        Assert.Equal("", await visitor.Page.Locator("[data-show=trouble]").InnerTextAsync());
        await visitor.Page.EvaluateAsync("localStorage.clear()");
    }

    [Fact]
    public async Task Words_are_reached_by_keyboard()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        await visitor.Page.Locator("[data-lines]").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await visitor.Page.Keyboard.PressAsync("Shift+ArrowRight");

        var second = await visitor.Page.EvaluateAsync<double>($"{Player}.stage.words[1].start");
        Assert.Equal(second - 0.02, await visitor.Page.EvaluateAsync<double>($"{Player}.deck.now()"), 0.05);
        Assert.Equal("word", await visitor.Page.EvaluateAsync<string>("document.activeElement.classList[0]"));
        Assert.NotEqual("none", await visitor.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
    }

    [Fact]
    public async Task Who_scrolls_while_it_plays_is_left_there_and_finds_back()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.Locator(".word.now").WaitForAsync();
        await visitor.Page.Locator("[data-lines]").HoverAsync();
        await visitor.Page.Mouse.WheelAsync(0, 900);
        await visitor.Button("Back to the line that is sung").ClickAsync();

        await visitor.Page.WaitForFunctionAsync($"() => !{Player}.matches('.free')");
    }

    [Fact]
    public async Task No_singer_is_shown_which_words_are_doubtful()
    {
        await using var visitor = await PlayerAsync(Look.Desktop);
        // Words lie in the document with how sure they are; on the stage all look alike.
        var looks = await visitor.Page.EvaluateAsync<string[]>("""
            () => [...new Set([...document.querySelectorAll('.line:not(.current, .next) .word')].map((word) => {
              const style = getComputedStyle(word);
              return [style.textDecorationLine, style.borderBottomWidth, style.backgroundImage, style.color, style.opacity].join(' ');
            }))]
            """);

        Assert.Single(looks);
        Assert.StartsWith("none 0px none ", looks[0], StringComparison.Ordinal);
    }

    private async Task<Visitor> PlayerAsync(Look look)
    {
        var id = await site.SongAsync();
        var visitor = await site.VisitAsync(look);
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        return visitor;
    }

    private static Task<string> StyleAsync(Visitor visitor, string selector, string property) => visitor.Page.EvaluateAsync<string>(
        "([selector, property]) => getComputedStyle(document.querySelector(selector))[property]", new[] { selector, property });

    private static async Task<(double Top, double Bottom, double Next, double Shown)> BoxesAsync(Visitor visitor)
    {
        var found = await visitor.Page.EvaluateAsync<double[]>("""
            () => {
              const line = document.querySelector('.line.current'), next = document.querySelector('.line.next');
              const box = line.getBoundingClientRect();
              return [box.top, box.bottom, next.getBoundingClientRect().top, Number(getComputedStyle(next).opacity)];
            }
            """);
        return (found[0], found[1], found[2], found[3]);
    }
}
