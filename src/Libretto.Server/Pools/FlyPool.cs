using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Libretto.Server.Pools;

/// <summary>
/// Machines of a Fly app's process group <c>worker</c>, by Fly's Machines API: stopped ones are started, under a lease, so that two
/// who start at once do not take the same. Machines are not created here: <c>fly scale count worker=N</c> says how many there are.
/// </summary>
internal sealed class FlyPool(string app, string token, Uri api, HttpClient http) : IWorkerPool
{
    /// <summary>The process group in fly.toml.</summary>
    public const string Group = "worker";

    private const string NonceHeader = "fly-machine-lease-nonce";
    private const int LeaseSeconds = 30;
    private const string CheckToken = "Check FLY_API_TOKEN (fly tokens create deploy) and the app's name in LIBRETTO_POOL.";

    public string Name => "fly";

    private string Label => $"The Fly app {app}";

    public async Task<string> StartAsync(string workerId, CancellationToken ct)
    {
        foreach (var machine in await ListAsync(ct))
            if (machine is { IsStopped: true, Group: Group } && await TryStartAsync(machine.Id, ct))
                return machine.Id;
        throw PoolException.Exhausted(Label, $"All its machines run; 'fly scale count {Group}=N' makes more.");
    }

    public async Task StopAsync(string poolId, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"{poolId}/stop", null, ct);
        // Gone or stopped already.
        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed))
            Check(answer);
    }

    private async Task<IReadOnlyList<FlyMachine>> ListAsync(CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Get, "", null, ct);
        Check(answer);
        return await ReadAsync(answer, PoolJson.Default.ListFlyMachine, ct);
    }

    /// <summary>False when somebody else is at the machine, or it is no longer stopped.</summary>
    private async Task<bool> TryStartAsync(string machine, CancellationToken ct)
    {
        if (await LeaseAsync(machine, ct) is not { } nonce)
            return false;
        try
        {
            using var answer = await SendAsync(HttpMethod.Post, $"{machine}/start", nonce, ct);
            if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed)
                return false;
            Check(answer);
            return true;
        }
        finally
        {
            // Should this fail, the lease ends by itself.
            using var release = await SendAsync(HttpMethod.Delete, $"{machine}/lease", nonce, CancellationToken.None);
        }
    }

    private async Task<string?> LeaseAsync(string machine, CancellationToken ct)
    {
        using var answer = await SendAsync(
            HttpMethod.Post, $"{machine}/lease", null, ct, JsonContent.Create(new FlyLeaseRequest("libretto", LeaseSeconds),
                PoolJson.Default.FlyLeaseRequest));
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            return null;
        Check(answer);
        return (await ReadAsync(answer, PoolJson.Default.FlyLease, ct)).Data.Nonce;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? nonce, CancellationToken ct,
        HttpContent? content = null)
    {
        var request = new HttpRequestMessage(
            method, new Uri(api, $"v1/apps/{app}/machines{(path.Length > 0 ? "/" + path : "")}")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (nonce is not null)
            request.Headers.Add(NonceHeader, nonce);
        return PoolHttp.SendAsync(http, request, Label, ct);
    }

    private void Check(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode)
            return;
        throw status switch
        {
            401 or 403 => PoolException.Refused(Label, $"it answered {status}", CheckToken),
            404 => PoolException.Refused(Label, "there is no such app", CheckToken),
            429 => PoolException.Unreachable(Label, "too many requests"),
            >= 500 or 408 => PoolException.Unreachable(Label, $"it answered {status}"),
            _ => PoolException.Refused(Label, $"it answered {status}", "Look at the app's machines: fly machine list."),
        };
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken ct)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, ct) ?? throw PoolException.Unreachable(Label, "its answer was empty");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw PoolException.Unreachable(Label, "its answer could not be understood", e);
        }
    }
}

/// <summary>A machine as the API lists it.</summary>
internal sealed record FlyMachine(string Id, string State, FlyMachineConfig? Config)
{
    public bool IsStopped => State is "stopped" or "created" or "suspended";

    public string? Group => Config?.Metadata?.GetValueOrDefault("fly_process_group");
}

internal sealed record FlyMachineConfig(IReadOnlyDictionary<string, string>? Metadata);

internal sealed record FlyLeaseRequest(string Description, int Ttl);

internal sealed record FlyLease(FlyLeaseData Data);

internal sealed record FlyLeaseData(string Nonce);
