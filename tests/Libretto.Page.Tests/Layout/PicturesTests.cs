namespace Libretto.Page.Tests.Layout;

/// <summary>Every view at the sizes of real screens, light and dark, for people to look at: <c>./test pictures FOLDER</c>.</summary>
public sealed class PicturesTests(Site site)
{
    private static readonly (int Width, int Height)[] s_sizes = [(390, 664), (844, 390), (1280, 720), (1920, 1080)];

    [Fact(Explicit = true)]
    public async Task Every_view_at_the_sizes_of_real_screens()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("LIBRETTO_SHOTS")), "LIBRETTO_SHOTS names no folder for pictures");
        var id = await site.SongAsync();
        foreach (var (width, height) in s_sizes)
            foreach (var isDark in (bool[])[false, true])
            {
                await using var visitor = await site.VisitAsync(new Look(width, height, isDark));
                var look = $"{width}x{height}-{(isDark ? "dark" : "light")}";
                foreach (var (name, path) in ((string, string)[])[("new", "/"), ("songs", "/jobs"), ("song", $"/jobs/{id}"), ("edit", $"/jobs/{id}/edit"), ("party", "/party")])
                {
                    await visitor.GoAsync(path);
                    if (name == "song")
                        await visitor.PlayerAsync();
                    await visitor.Page.EvaluateAsync("document.querySelector('libretto-player')?.jump(14)");
                    await visitor.Page.WaitForTimeoutAsync(400);
                    await visitor.ShotAsync($"{name}-{look}");
                }
            }
    }
}
