namespace Libretto.Server.Pools;

/// <summary>One request to a provider, with a limit of time and one kind of error for all that may go wrong on the way.</summary>
internal static class PoolHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, string provider,
        CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await http.SendAsync(request, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw PoolException.Unreachable(provider, e.Message, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw PoolException.Unreachable(provider, "it did not answer in time", e);
        }
    }
}
