using Libretto.Server.Data;
using Libretto.Server.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server;

/// <summary>The API keys of a job service, by its database; the service need not run.</summary>
public sealed class KeyAdmin : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ApiKeys _keys;

    private KeyAdmin(ServiceProvider services)
    {
        _services = services;
        _keys = services.GetRequiredService<ApiKeys>();
    }

    /// <summary>Opens the database, which is made when missing.</summary>
    /// <exception cref="ServerException">It cannot be used.</exception>
    public static async Task<KeyAdmin> OpenAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Validated();
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<ApiKeys>();
        Databases.AddTo(services, options);
        var provider = services.BuildServiceProvider();
        await LibrettoServer.MigrateAsync(provider, options, cancellationToken);
        return new KeyAdmin(provider);
    }

    /// <summary>Makes a key and returns its text, which is kept nowhere.</summary>
    public async Task<string> CreateAsync(string name, bool isAdmin, CancellationToken cancellationToken) =>
        (await _keys.CreateAsync(name, isAdmin ? ApiKeys.AdminScope : ApiKeys.UserScope, cancellationToken)).Text;

    /// <summary>The keys, the oldest first.</summary>
    public async Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _keys.ListAsync(cancellationToken))
            .Select(key => new KeyInfo(key.Id, key.Name, key.Scope, key.CreatedAt, key.RevokedAt))];

    /// <summary>Makes a key useless; false when there is none such.</summary>
    public Task<bool> RevokeAsync(string idOrName, CancellationToken cancellationToken) => _keys.RevokeAsync(idOrName, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>An API key without its secret.</summary>
public sealed record KeyInfo(string Id, string Name, string Scope, DateTime CreatedAt, DateTime? RevokedAt);
