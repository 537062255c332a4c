using Libretto.Server.Data;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Server.Tests.Security;

public sealed class ApiKeysTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_hundred_requests_at_once_look_into_the_table_once()
    {
        var options = new ServerOptions { DataFolder = _folder["data"] };
        await using var services = new ServiceCollection().AddLogging().AddData(options).BuildServiceProvider();
        await LibrettoServer.MigrateAsync(services, options, Ct);
        var contexts = new Counting(services.GetRequiredService<IDbContextFactory<LibrettoDb>>());
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var keys = new ApiKeys(contexts, time);
        var (_, text) = await keys.CreateAsync("anna", ApiKeys.UserScope, Ct);
        await keys.FindAsync(text, Ct);
        time.Advance(TimeSpan.FromMinutes(1));
        contexts.Made = 0;

        var found = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => keys.FindAsync(text, Ct), Ct)));

        Assert.All(found, Assert.NotNull);
        Assert.Equal(1, contexts.Made);
    }

    private sealed class Counting(IDbContextFactory<LibrettoDb> inner) : IDbContextFactory<LibrettoDb>
    {
        private int _made;

        public int Made { get => _made; set => _made = value; }

        public LibrettoDb CreateDbContext()
        {
            Interlocked.Increment(ref _made);
            return inner.CreateDbContext();
        }
    }
}
