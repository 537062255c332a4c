namespace Libretto.Page.Tests.Player;

public sealed class MixerTests(Site site)
{
    // Loads stems that are not there and tells how many audio contexts stay open.
    private const string LoadWhatIsMissing = """
        async () => {
          const page = [...document.scripts].find((script) => script.src.includes('/js/page.js')).src;
          const { StemDeck } = await import(page.replace('js/page.js', 'js/mixer.js'));
          const made = [], Real = AudioContext;
          window.AudioContext = class extends Real { constructor() { super(); made.push(this); } };
          try { await StemDeck.load({ vocals: '/api/none' }, () => {}); } catch { /* As it should. */ }
          window.AudioContext = Real;
          return [made.length, made.filter((context) => context.state !== 'closed').length];
        }
        """;

    [Fact]
    public async Task Stems_that_cannot_be_loaded_leave_no_audio_context_open()
    {
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true;
        await visitor.Page.GotoAsync("/sign-in");

        var counts = await visitor.Page.EvaluateAsync<int[]>(LoadWhatIsMissing);
        Assert.Equal((1, 0), (counts[0], counts[1]));
    }
}
