using Libretto.Audio;
using Libretto.Pipeline;
using Libretto.Pipeline.Memo;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline;

public sealed class SongTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whoever_asks_for_the_sound_at_the_same_time_gets_the_same()
    {
        await using var services = new ServiceCollection().AddLibretto(new LibrettoSettings { Cache = _folder["cache"] }).BuildServiceProvider();
        using var song = await OpenAsync(services);

        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => song.SpeechAsync(null, Ct))));

        Assert.All(asked, sound => Assert.Same(asked[0], sound));
    }

    [Fact]
    public async Task One_who_gives_up_leaves_the_sound_to_who_asks_next()
    {
        await using var services = new ServiceCollection().AddLibretto(new LibrettoSettings { Cache = _folder["cache"] }).BuildServiceProvider();
        using var song = await OpenAsync(services);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => song.SpeechAsync(null, given.Token));

        Assert.Equal(2, (await song.SpeechAsync(null, Ct)).Duration, 0.01);
    }

    private Task<Song> OpenAsync(ServiceProvider services) => Song.OpenAsync(
        TestAudio.Tone(_folder, 2), track: null, fresh: false, services.GetRequiredService<AudioDecoder>(),
        services.GetRequiredService<StageMemo>(), new ProgressMeter(null, new ProgressPlan(WorkStep.Read), TimeProvider.System), Ct);
}
