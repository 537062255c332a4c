using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Pipeline;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Separate;
using Libretto.Settings;
using Libretto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Tests.Pipeline.Stems;

public sealed class VocalSeparationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_voice_alone_is_left_as_it_is_and_listened_to_as_its_own_stem_now_and_the_next_time()
    {
        var speech = TestAudio.Speech(_folder, "Ask not what your country can do for you. Ask what you can do for your country.");
        // Nothing accompanies a voice alone, which a small network is told.
        SmallSeparators.WriteSpleeter(_folder["models/spleeter-2stems"], _ => 0.9999f);
        var settings = new LibrettoSettings { Cache = _folder["cache"], Models = [_folder["models"]] };
        await using var services = new ServiceCollection().AddLibretto(settings).BuildServiceProvider();
        var decoder = services.GetRequiredService<AudioDecoder>();
        using var whole = await decoder.DecodeAsync(speech, 44100, channels: 2, progress: null, Ct);
        var singing = ActivityDetector.Detect(whole, ActivityOptions.ForStem, Ct);
        foreach (var time in (string[])["first", "second"])
        {
            using var song = await Song.OpenAsync(
                speech, track: null, fresh: false, decoder, services.GetRequiredService<StageMemo>(),
                new ProgressMeter(null, new ProgressPlan(WorkStep.Separate), TimeProvider.System), Ct);
            using var stems = new SongStems(song, services.GetRequiredService<StemSeparation>());
            var voice = await services.GetRequiredService<VocalSeparation>().RunAsync(song, stems, SeparationMode.Auto, takesLong: true, Ct);

            Assert.NotNull(voice);
            Assert.True(voice.Model is null, time);
            Assert.Equal(singing, voice.Singing);
            Assert.Same(await song.SpeechAsync(null, Ct), await voice.SpeechAsync(Ct));
            Assert.Contains(song.Notices, notice => notice.Contains("hardly anything was found to accompany them", StringComparison.Ordinal));
        }
    }
}
