using System.Diagnostics;
using Libretto.Acquire;
using Libretto.Acquire.YtDlp;
using Libretto.Tests.Support;
using Libretto.Tools;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Acquire;

/// <summary>yt-dlp's failures, said by a program in its place in yt-dlp's own words.</summary>
public sealed class YtDlpFailuresTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[youtube] abc: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies for the authentication", "link_sign_in", false, true, "--cookies")]
    [InlineData("[vimeo] 1: This video is only available for registered users. Use --username and --password or --netrc to provide account credentials", "link_sign_in", false, true, "--cookies")]
    [InlineData("[youtube] abc: Join this channel to get access to members-only content like this video", "link_sign_in", false, true, "cookies")]
    [InlineData("[youtube] abc: Private video. Sign in if you've been granted access to this video", "link_not_public", false, false, "another link")]
    [InlineData("[youtube] abc: Video unavailable. This video is no longer available because the YouTube account associated with this video has been terminated.", "link_removed", false, false, "Check the link")]
    [InlineData("[youtube] abc: Video unavailable", "link_removed", false, false, "Check the link")]
    [InlineData("[soundcloud] abc: Unable to download JSON metadata: HTTP Error 404: Not Found (caused by <HTTPError 404: 'Not Found'>)", "link_removed", false, false, "Check the link")]
    [InlineData("[youtube] abc: Video unavailable. The uploader has not made this video available in your country", "link_geo_blocked", false, true, "LIBRETTO_PROXY")]
    [InlineData("[x] abc: This video is not available from your location due to geo restriction", "link_geo_blocked", false, true, "LIBRETTO_PROXY")]
    [InlineData("[youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users.", "link_age", false, true, "LIBRETTO_COOKIES")]
    [InlineData("[youtube] abc: Unable to download webpage: HTTP Error 429: Too Many Requests (caused by <HTTPError 429: 'Too Many Requests'>)", "link_rate_limited", true, true, "later")]
    [InlineData("[youtube] abc: Video unavailable. This content isn't available, try again later. The current session has been rate-limited by YouTube", "link_rate_limited", true, true, "later")]
    [InlineData("Unsupported URL: https://example.com/page", "link_unsupported", false, false, "download the file")]
    [InlineData("[generic] Unable to download webpage: <urlopen error [Errno -3] Temporary failure in name resolution> (caused by URLError(gaierror(-3)))", "link_unreachable", true, true, "network")]
    [InlineData("[youtube] abc: Unable to download API page: The read operation timed out", "link_unreachable", true, true, "network")]
    [InlineData("[generic] song: Unable to download webpage: HTTP Error 500: Internal Server Error (caused by <HTTPError 500: 'Internal Server Error'>)", "link_site_error", true, true, "an error of its own (500)")]
    [InlineData("[generic] song: Unable to download webpage: HTTP Error 503: Service Unavailable (caused by <HTTPError 503: 'Service Unavailable'>)", "link_site_error", true, true, "later")]
    [InlineData("[generic] song: Unable to download webpage: HTTP Error 302: The HTTP server returned a redirect error that would lead to an infinite loop.\\nThe last 30x error message was: (caused by <HTTPError 302>)", "link_loop", false, true, "in circles")]
    [InlineData("[generic] song: Unable to download webpage: Exceeded maximum (20) redirects. (caused by TooManyRedirects())", "link_loop", false, true, "in circles")]
    [InlineData("[youtube] abc: Unable to extract uploader id; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. Confirm you are on the latest version using  yt-dlp -U", "ytdlp_outdated", false, true, "newest version")]
    [InlineData("[youtube] abc: Requested format is not available. Use --list-formats for a list of available formats", "ytdlp_outdated", false, true, "newest version")]
    [InlineData("unable to download video data: HTTP Error 403: Forbidden", "link_refused", false, true, "Update yt-dlp")]
    [InlineData("[youtube] abc: This live event will begin in 3 hours.", "link_live", false, false, "recording")]
    [InlineData("[youtube] abc: Premieres in 2 days", "link_live", false, false, "recording")]
    [InlineData("[DRM] The requested site is known to use DRM protection. It will NOT be supported.", "link_protected", false, false, "another link")]
    [InlineData("[x] abc: The moon is in the wrong phase", "link_failed", false, true, "moon is in the wrong phase")]
    public async Task Each_failure_says_what_to_do_and_whether_a_retry_or_another_machine_helps(
        string said, string code, bool isTransient, bool elsewhere, string hint)
    {
        var error = await FailAsync($"err:ERROR: {said}", "exit:1");

        Assert.Equal((code, isTransient, elsewhere), (error.Code, error.IsTransient, error.ElsewhereMayHelp));
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("github", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_site_says_writes_no_lines_of_its_own_into_a_log()
    {
        var error = await FailAsync("err:ERROR: [x] abc: odd\u001b[31m\rJob 1: completed", "exit:1");
        Assert.Contains("odd", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public async Task A_warning_about_its_age_tells_more_than_the_error_after_it()
    {
        var error = await FailAsync("err:WARNING: [youtube] abc: nsig extraction failed: Some formats may be missing", "err:ERROR: [youtube] abc: odd", "exit:1");
        Assert.Equal("ytdlp_outdated", error.Code);
    }

    [Fact]
    public async Task A_live_stream_is_refused_before_anything_is_fetched() =>
        Assert.Equal("link_live", (await FailAsync(Facts("\"is_live\":true,\"duration\":\"\""), "hang")).Code);

    [Fact]
    public async Task A_recording_that_is_too_long_is_refused_before_anything_is_fetched()
    {
        var error = await FailAsync(Facts("\"duration\":36000"), "hang");
        Assert.Equal(("link_too_long", false, false), (error.Code, error.IsTransient, error.ElsewhereMayHelp));
        Assert.Contains("600 minutes long; the limit is 120 minutes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_it_is_too_big_is_refused_before_anything_is_fetched() =>
        Assert.Equal("link_too_big", (await FailAsync(Facts("\"filesize\":900000000"), "hang")).Code);

    [Fact]
    public async Task One_that_turns_out_too_big_is_stopped() =>
        Assert.Equal("link_too_big", (await FailAsync(Facts("\"filesize\":\"\""), "out:libretto-progress:{\"bytes\":600000000,\"total\":\"\",\"estimate\":\"\"}", "hang")).Code);

    [Fact]
    public async Task A_playlist_that_only_the_site_knows_for_one_is_refused() =>
        Assert.Equal("link_playlist", (await FailAsync(Facts("\"n_entries\":2"), "hang")).Code);

    [Fact]
    public async Task One_that_hangs_is_ended_at_the_time_limit()
    {
        var time = new FakeTimeProvider();
        var run = FetchAsync(FakeYtDlp.Doing(_folder, time, $"pid:{_folder["pid"]}", "hang"), Token);
        await UntilAsync(() => File.Exists(_folder["pid"]));

        time.Advance(TimeSpan.FromMinutes(15));

        var error = await Assert.ThrowsAsync<AcquireException>(() => run.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Equal(("link_too_slow", true, true), (error.Code, error.IsTransient, error.ElsewhereMayHelp));
    }

    [Fact]
    public async Task One_that_was_killed_is_worth_a_retry()
    {
        var error = await Assert.ThrowsAsync<ToolException>(() => FetchAsync(FakeYtDlp.Doing(_folder, null, "kill:9"), Token));
        Assert.Equal(("tool_killed", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Cancelling_ends_it_at_once()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = FetchAsync(FakeYtDlp.Doing(_folder, null, "deaf", $"child:{_folder["child"]}", $"pid:{_folder["pid"]}", "hang"), cancel.Token);
        await UntilAsync(() => File.Exists(_folder["pid"]));
        var processes = new[] { "pid", "child" }.Select(name => int.Parse(File.ReadAllText(_folder[name]))).ToList();

        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(60), Token));

        await UntilAsync(() => !processes.Any(IsRunning));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task When_it_is_missing_the_message_says_what_to_type()
    {
        var error = await Assert.ThrowsAsync<ToolException>(() => FetchAsync(new ToolRunner(new ToolLocator(searchPath: _folder.Path)), Token));
        Assert.Equal("tool_missing", error.Code);
        Assert.Contains("install yt-dlp", error.Message, StringComparison.Ordinal);
    }

    private static string Facts(string fields) =>
        $"out:libretto-facts:{{\"id\":\"abc\",\"extractor_key\":\"Youtube\",\"title\":\"A - B\",{fields}}}";

    private async Task<AcquireException> FailAsync(params string[] steps) =>
        await Assert.ThrowsAsync<AcquireException>(() => FetchAsync(FakeYtDlp.Doing(_folder, null, steps), Token).WaitAsync(TimeSpan.FromSeconds(30), Token));

    private Task<FetchedSong> FetchAsync(ToolRunner tools, CancellationToken cancellationToken) => new YtDlpSource(tools, new NetworkGuard()).FetchAsync(
        new SongFetch(SongLink.Parse("https://example.com/page"), Directory.CreateDirectory(_folder["work"]).FullName), null, cancellationToken);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }

    private static bool IsRunning(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
