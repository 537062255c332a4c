using Libretto.Server.Web.Layout;
using Microsoft.JSInterop;

namespace Libretto.Server.Web.Player;

/// <summary>Tells a view when the song that it plays has ended, for as long as the view is there.</summary>
internal sealed class SongEnds : IAsyncDisposable
{
    private readonly DotNetObjectReference<SongEnds> _self;
    private readonly Func<Task> _ended;
    private IJSObjectReference? _module;
    private IJSObjectReference? _watch;

    private SongEnds(Func<Task> ended)
    {
        _ended = ended;
        _self = DotNetObjectReference.Create(this);
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="js">The browser.</param>
    /// <param name="ended">Called for each song that ends.</param>
    public static async Task<SongEnds> WatchAsync(IJSRuntime js, Func<Task> ended)
    {
        var ends = new SongEnds(ended);
        ends._module = await js.InvokeAsync<IJSObjectReference>("import", PageAssets.Url("js/next.js"));
        ends._watch = await ends._module.InvokeAsync<IJSObjectReference>("open", ends._self);
        return ends;
    }

    /// <summary>By js/next.js.</summary>
    [JSInvokable]
    public Task Ended() => _ended();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_watch is not null)
                await _watch.InvokeVoidAsync("close");
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
        _self.Dispose();
    }
}
