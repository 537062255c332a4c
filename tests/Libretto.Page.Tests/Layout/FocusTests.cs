namespace Libretto.Page.Tests.Layout;

public sealed class FocusTests(Site site)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_the_keyboard_is_can_be_seen_on_every_link_and_button(bool isDark)
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(Look.Desktop with { IsDark = isDark });
        foreach (var path in new[] { "/", "/jobs", $"/jobs/{id}" })
        {
            await visitor.GoAsync(path);
            for (var i = 0; i < 12; i++)
            {
                await visitor.Page.Keyboard.PressAsync("Tab");
                var unseen = await visitor.Page.EvaluateAsync<string?>("""
                    () => {
                      const at = document.activeElement, style = getComputedStyle(at);
                      const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || at.type === 'file';
                      return at === document.body || isSeen ? null : at.outerHTML.slice(0, 160);
                    }
                    """);
                Assert.True(unseen is null, $"{path}: no ring around {unseen}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_the_connection_is_lost_can_be_read(bool isDark)
    {
        await using var visitor = await site.VisitAsync(Look.Desktop with { IsDark = isDark });
        await visitor.GoAsync("/jobs");
        var contrast = await visitor.Page.EvaluateAsync<double>("""
            () => {
              const banner = document.getElementById('components-reconnect-modal');
              banner.hidden = false;
              const light = (color) => {
                const [r, g, b] = color.match(/[\d.]+/g).map(Number).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b;
              };
              const style = getComputedStyle(banner);
              const [high, low] = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
              return (high + .05) / (low + .05);
            }
            """);

        Assert.InRange(contrast, 4.5, 21);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs")]
    [InlineData("song")]
    [InlineData("edit")]
    public async Task On_a_phone_nothing_to_touch_is_smaller_than_a_finger(string view)
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(new Look(390, 664, false));
        await visitor.GoAsync(view switch { "song" => $"/jobs/{id}", "edit" => $"/jobs/{id}/edit", _ => view });
        if (view == "song")
            await visitor.PlayerAsync();
        await visitor.ShotAsync($"phone-{view.Trim('/')}");

        var small = await visitor.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('button, select, input:not([type=file]), summary, a.button, nav a, .play-row, .wave, label.pick')]
              .filter((one) => one.checkVisibility() && !one.closest('.edit-lines, label.check') && !one.matches('.pick input') && one.getBoundingClientRect().width > 1)
              .map((one) => [one, one.getBoundingClientRect()])
              .filter(([one, box]) => box.height < 43.5 || (box.width < 43.5 && !one.matches('summary, nav a')))
              .map(([one, box]) => `${one.outerHTML.slice(0, 90)}: ${box.width} x ${box.height}`)
            """);
        Assert.Empty(small);
    }

    [Fact]
    public async Task On_a_small_phone_play_is_in_sight()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(new Look(390, 664, false));
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        var box = (await visitor.Button("Play").BoundingBoxAsync())!;

        Assert.InRange(box.Y + box.Height, 0, 664);
    }

    [Fact]
    public async Task On_a_large_screen_views_are_as_large_as_on_others()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(new Look(3840, 2160, false));
        foreach (var path in (string[])["/jobs", $"/jobs/{id}", $"/jobs/{id}/edit"])
        {
            await visitor.GoAsync(path);
            await visitor.Page.WaitForTimeoutAsync(300);
            await visitor.ShotAsync($"large{path.Replace(id, "song", StringComparison.Ordinal).Replace('/', '-')}");
            Assert.InRange((await visitor.Page.Locator("main").BoundingBoxAsync())!.Width, 1900, 3840);
            Assert.InRange((await visitor.Page.Locator("h1").BoundingBoxAsync())!.Height, 60, 400);
        }
    }
}
