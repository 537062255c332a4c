using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Libretto.Audio;
using Libretto.Cli.Display;
using Libretto.Models;
using Libretto.Pipeline;
using Libretto.Settings;
using Libretto.Storage;
using Libretto.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto doctor</c>: what is here, what is missing, and the line that mends it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Say what Libretto finds on this machine, and how to mend what is missing.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    public static string Version =>
        typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var reading = SettingsReader.Read();
        await using var services = new ServiceCollection().AddLibretto(reading.Settings).BuildServiceProvider();
        Console.Out.WriteLine($"Libretto {Version} on {RuntimeInformation.OSDescription}, .NET {Environment.Version}, " +
        $"{Environment.ProcessorCount} processors");

        var tools = new[] { Tool.Ffmpeg, Tool.Ffprobe };
        var statuses = await Task.WhenAll(
            tools.Select(tool => services.GetRequiredService<ToolRunner>().DescribeAsync(tool, cancellationToken)));
        var linkTool = await services.GetRequiredService<ToolRunner>().DescribeAsync(Tool.YtDlp, cancellationToken);
        Section("Programs", [.. statuses.Select(Row), LinkToolRow(linkTool),
            .. await SoundRowsAsync(statuses[0], services, cancellationToken)]);
        var models = services.GetRequiredService<ModelStore>();
        var forecast = await services.GetRequiredService<SongPipeline>().ForecastAsync(cancellationToken);
        var modelRows = await Task.WhenAll(
            ModelCatalogue.All.Select(model => ModelRowAsync(models, model, forecast.Engine, cancellationToken)));
        Section("Models", modelRows);
        Section("Keys", reading.Values.Where(value => value.Setting.IsSecret).Select(KeyRow));
        var folders = Folders(services.GetRequiredService<ModelStoreOptions>(), reading).ToList();
        folders.AddRange(await StoreAsync(reading, services, cancellationToken));
        Section("Folders", folders);
        Section("Settings", reading.Values.Where(value => !value.Setting.IsSecret).Select(SettingRow));

        var isWell = statuses.All(status => status.IsReady) && modelRows.Concat(folders).All(row => row.Mark != Bad);
        Console.Out.WriteLine();
        foreach (var line in DoctorVerdict.Of(forecast, reading.Settings, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes))
            Console.Out.WriteLine(line);
        Console.Out.WriteLine();
        Console.Out.WriteLine(isWell ? "All that is needed is here." : "Something that is needed is missing: see the lines marked '!!'.");
        return isWell ? ExitCodes.Done : ExitCodes.Missing;
    }

    private const string Good = "ok";
    private const string Bad = "!!";
    private const string Optional = "--";

    private sealed record Finding(string Mark, string Name, string What, string Cure = "");

    private static void Section(string title, IEnumerable<Finding> findings)
    {
        var table = new TextTable(title, "", "", "");
        foreach (var finding in findings)
            table.Add("  " + finding.Mark, finding.Name, finding.What, finding.Cure);
        Console.Out.WriteLine();
        table.Write(Console.Out);
    }

    private static Finding Row(ToolStatus status) => status.IsReady
        ? new Finding(Good, status.Tool.Name, $"{status.Version} ({status.Path})")
        : new Finding(Bad, status.Tool.Name, "not ready", status.Problem!);

    private static Finding LinkToolRow(ToolStatus status) => status.IsReady
        ? Row(status)
        : new Finding(Optional, status.Tool.Name, "not ready; needed for links only", status.Problem!);

    /// <summary>What ffmpeg reads, and whether programs are kept from taking all memory.</summary>
    private static async Task<IReadOnlyList<Finding>> SoundRowsAsync(ToolStatus ffmpeg, IServiceProvider services,
        CancellationToken cancellationToken)
    {
        var memory = OperatingSystem.IsLinux()
            ? new Finding(Good, "memory of programs", "bounded")
            : new Finding(Optional, "memory of programs", "not bounded on this system", "run a server for others on Linux");
        if (!ffmpeg.IsReady)
            return [memory];
        try
        {
            var missing = await services.GetRequiredService<AudioDecoder>().MissingCodecsAsync(cancellationToken);
            return
            [
                missing.Count == 0
                    ? new Finding(Good, "sound", "ffmpeg reads every usual format")
                    : new Finding(Optional, "sound", $"ffmpeg cannot read {string.Join(", ", missing)}",
                        "install a whole one: https://ffmpeg.org/download.html"),
                memory,
            ];
        }
        catch (ToolException e)
        {
            return [new Finding(Bad, "sound", "ffmpeg does not say what it reads", e.Message), memory];
        }
    }

    private static async Task<Finding> ModelRowAsync(
        ModelStore models, ModelEntry model, string expected, CancellationToken cancellationToken)
    {
        if (models.Find(model.Name) is not { } folder)
        {
            var cure = $"libretto models pull {model.Name}";
            return model.Name == expected
                ? new Finding(Optional, model.Name, "not here; fetched at the first song", cure)
                : new Finding(Optional, model.Name, "not here", cure);
        }
        try
        {
            await models.EnsureAsync(model.Name, ct: cancellationToken);
            return new Finding(Good, model.Name, folder);
        }
        catch (ModelException e)
        {
            return new Finding(Bad, model.Name, folder, e.Message);
        }
    }

    private static Finding KeyRow(SettingValue key) => key.Value is null
        ? new Finding(Optional, key.Setting.Variable, "not set", key.Setting.Description)
        : new Finding(Good, key.Setting.Variable, $"set by {key.Origin}");

    private static IEnumerable<Finding> Folders(ModelStoreOptions models, SettingsReading reading)
    {
        yield return File.Exists(reading.File)
            ? new Finding(Good, "settings file", reading.File)
            : new Finding(Optional, "settings file", $"{reading.File} (not there; not needed)");
        yield return Writable("model cache", models.CacheFolder, "set LIBRETTO_CACHE to a folder that can be written");
        foreach (var folder in models.ExtraFolders)
            yield return Directory.Exists(folder)
                ? new Finding(Good, "models", folder)
                : new Finding(Bad, "models", $"{folder} does not exist", "correct LIBRETTO_MODELS");
        yield return Writable("temporary files", Path.GetTempPath(), "set TMPDIR to a folder that can be written");
    }

    /// <summary>The store beyond the network, if there is to be one.</summary>
    private static async Task<IReadOnlyList<Finding>> StoreAsync(
        SettingsReading reading, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (reading.Settings.Store is null or "disk")
            return [];
        if (reading.Settings.Local)
            return [new Finding(Optional, "store", "not used, because local is set")];
        try
        {
            var store = services.GetRequiredService<IContentStore>();
            await store.CheckAsync(cancellationToken);
            return [new Finding(Good, "store", $"{store.Name} answers, can be written")];
        }
        catch (StorageException e)
        {
            return [new Finding(Bad, "store", e.Code, e.Message)];
        }
    }

    private static Finding Writable(string name, string folder, string cure)
    {
        var existing = folder;
        while (!Path.Exists(existing))
            existing = Path.GetDirectoryName(existing)!;
        try
        {
            File.Create(Path.Combine(existing, $".libretto-{Guid.NewGuid():N}.tmp"), 1, FileOptions.DeleteOnClose).Dispose();
            var free = new DriveInfo(existing).AvailableFreeSpace / 1_000_000_000;
            return new Finding(Good, name, $"{folder} ({(existing == folder ? "" : "made when needed, ")}{free} GB free)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(Bad, name, $"{folder}: {e.Message}", cure);
        }
    }

    private static Finding SettingRow(SettingValue value) => new(
        " ", value.Setting.Key, value.Value ?? value.Setting.Default,
        value.Value is null ? "default" : $"from {value.Origin}");
}
