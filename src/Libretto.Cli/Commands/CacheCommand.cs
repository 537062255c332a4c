using System.CommandLine;
using System.Globalization;
using Libretto.Cli.Display;
using Libretto.Settings;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto cache</c>: what is kept of songs, on the disk and in the store that LIBRETTO_STORE names.</summary>
internal static class CacheCommand
{
    public static Command Create() =>
        new("cache", "Measure, prune and check what is kept of songs.") { Stats(), Prune(), Verify(), Send() };

    private static Command Stats()
    {
        var data = DataOption();
        var command = new Command("stats", "Say how much is kept, by kind.") { data };
        command.SetAction((parsed, cancellationToken) => WithStore(parsed.GetValue(data), async store =>
        {
            var table = new TextTable("STORE", "KIND", "COUNT", "SIZE", "OLDEST", "HOLDS");
            foreach (var (name, layer) in Layers(store))
                foreach (var use in await StoreMaintenance.MeasureAsync(layer, cancellationToken))
                    table.Add(
                        name, use.Kind, use.Count.ToString(CultureInfo.InvariantCulture), Size(use.Bytes),
                        use.Oldest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StoreFolders.Of(use.Kind + "/")?.Holds ?? "?");
            table.Write(Console.Out);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Prune()
    {
        var data = DataOption();
        var age =
            new Option<double?>("--older-than") { Description = "Remove what was stored more than so many days ago.", HelpName = "DAYS" };
        var size =
            new Option<double?>("--larger-than") { Description = "Remove the oldest until so many gigabytes are left.", HelpName = "GB" };
        var everywhere = new Option<bool>("--everywhere") { Description = "In the store beyond the network too, not on the disk alone." };
        var command = new Command("prune", "Remove what is old or too much; it is made again when needed.") { age, size, everywhere, data };
        command.Validators.Add(result =>
        {
            if (result.GetValue(age) is null && result.GetValue(size) is null)
                result.AddError("Give --older-than DAYS, --larger-than GB or both.");
            if (result.GetValue(age) < 0 || result.GetValue(size) < 0)
                result.AddError("Days and gigabytes are not negative.");
        });
        command.SetAction((parsed, cancellationToken) => WithStore(parsed.GetValue(data), async store =>
        {
            DateTimeOffset? before = parsed.GetValue(age) is { } days ? DateTimeOffset.UtcNow - TimeSpan.FromDays(days) : null;
            long? most = parsed.GetValue(size) is { } gigabytes ? (long)(gigabytes * 1e9) : null;
            foreach (var (name, layer) in Layers(store).Take(parsed.GetValue(everywhere) ? 2 : 1))
            {
                var (count, bytes) = await StoreMaintenance.PruneAsync(layer, before, most, cancellationToken);
                Console.Out.WriteLine($"{name}: removed {count}, {Size(bytes)}");
            }
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        var data = DataOption();
        var remove = new Option<bool>("--remove") { Description = "Remove what is damaged; it is made again when needed." };
        var command = new Command("verify", "Read everything and compare it with its checksum.") { remove, data };
        command.SetAction((parsed, cancellationToken) => WithStore(parsed.GetValue(data), async store =>
        {
            var damaged = 0;
            foreach (var (name, layer) in Layers(store))
            {
                await foreach (var key in StoreMaintenance.FindDamagedAsync(layer, cancellationToken))
                {
                    damaged++;
                    ErrorReport.Say($"{name}: {key} is damaged{(parsed.GetValue(remove) ? " and was removed" : "; 'libretto cache " +
                    "verify --remove' removes it")}.");
                    if (parsed.GetValue(remove))
                        await layer.RemoveAsync(key, cancellationToken);
                }
            }
            if (damaged > 0)
                return ExitCodes.Failed;
            Console.Out.WriteLine("All is whole.");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Send()
    {
        var data = DataOption();
        var command = new Command("send", "Send what the store beyond the network could not take before.") { data };
        command.SetAction((parsed, cancellationToken) => WithStore(parsed.GetValue(data), async store =>
        {
            if (store is not TieredContentStore tiers)
            {
                Console.Out.WriteLine("Nothing to send: LIBRETTO_STORE is the disk.");
                return ExitCodes.Done;
            }
            await tiers.CheckAsync(cancellationToken);
            var (sent, waiting) = await tiers.SendUnsentAsync(cancellationToken);
            Console.Out.WriteLine($"{tiers.Name}: sent {sent}, {waiting} left");
            return waiting == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }));
        return command;
    }

    private static Option<string> DataOption() => new("--data")
    {
        Description = "A job service's folder, to see what it keeps. [default: what the command line keeps]",
        HelpName = "DIR",
    };

    /// <summary>The disk first.</summary>
    private static IEnumerable<(string Name, IContentStore Store)> Layers(IContentStore store) => store is TieredContentStore tiers
        ? [("disk", tiers.Local), (tiers.Name, tiers.Remote)]
        : [(store.Name, store)];

    private static async Task<int> WithStore(string? dataFolder, Func<IContentStore, Task<int>> work)
    {
        var services = new ServiceCollection();
        if (dataFolder is not null)
            services.AddContentStore(_ => Path.Combine(Path.GetFullPath(dataFolder), "store"));
        await using var provider = services.AddLibretto(SettingsReader.Read().Settings).BuildServiceProvider();
        return await work(provider.GetRequiredService<IContentStore>());
    }

    private static string Size(long bytes) => bytes < 1_000_000
        ? (bytes / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " kB"
        : (bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " MB";
}
