using System.CommandLine;
using System.Globalization;
using Libretto.Cli.Display;
using Libretto.Models;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Cli.Commands;

/// <summary><c>libretto models</c>: what there is, and fetching, checking and removing it.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "List, fetch, check and remove models.")
    {
        List(),
        Pull(),
        Verify(),
        Optimize(),
        Remove(),
    };

    private static Command List()
    {
        var command = new Command("list", "List the models Libretto knows and those on this machine.");
        command.SetAction((_, _) => WithStore(store =>
        {
            Print(store.List());
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command Pull()
    {
        var names = Names("Models of 'libretto models list'.", ArgumentArity.OneOrMore);
        var from = new Option<string>("--from") { Description = "Take the published files from this folder instead of the network.",
            HelpName = "DIR" };
        var progress = Displays.Option();
        var command = new Command(
            "pull", "Fetch models into the cache; one that is there and whole is left as it is.") { names, from, progress };
        command.SetAction((parsed, cancellationToken) => WithStore(async store =>
        {
            var display = Displays.Create(parsed.GetValue(progress)!);
            await display.RunAsync(async () =>
            {
                foreach (var name in parsed.GetRequiredValue(names))
                    Console.Out.WriteLine($"{name}: {await store.PullAsync(name, parsed.GetValue(from), display, cancellationToken)}");
            });
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        var names = Names("Models to check; all that are here when none is given.", ArgumentArity.ZeroOrMore);
        var command = new Command("verify", "Compare every byte of installed models with what was installed.") { names };
        command.SetAction((parsed, cancellationToken) => WithStore(async store =>
        {
            var exitCode = ExitCodes.Done;
            var asked = parsed.GetValue(names) is { Length: > 0 } given ? given : [.. store.List().Select(model => model.Name)];
            foreach (var name in asked)
            {
                try
                {
                    await store.VerifyAsync(name, cancellationToken);
                    Console.Out.WriteLine($"{name}: whole");
                }
                catch (ModelException e)
                {
                    ErrorReport.Say(e.Message);
                    exitCode = ExitCodes.Of(e);
                }
            }
            return exitCode;
        }));
        return command;
    }

    private static Command Optimize()
    {
        var names = Names("Whisper models that are here.", ArgumentArity.OneOrMore);
        var command = new Command("optimize", "Make the 8-bit files of Whisper models: smaller and faster, nearly as good.") { names };
        command.SetAction((parsed, cancellationToken) => WithStore(async store =>
        {
            foreach (var name in parsed.GetRequiredValue(names))
            {
                var made = await store.OptimizeAsync(name, cancellationToken);
                Console.Out.WriteLine($"{name}: {(made.Count == 0 ? "nothing to do" : "made " + string.Join(", ", made))}");
            }
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove()
    {
        var names = Names("Models in the cache.", ArgumentArity.OneOrMore);
        var command = new Command("remove", "Remove models from the cache; a model in a folder of your own stays.") { names };
        command.SetAction((parsed, _) => WithStore(store =>
        {
            var exitCode = ExitCodes.Done;
            foreach (var name in parsed.GetRequiredValue(names))
            {
                if (store.Remove(name))
                {
                    Console.Out.WriteLine($"{name}: removed");
                    continue;
                }
                ErrorReport.Say(store.Find(name) is { } folder
                    ? $"{name} lies in {folder}, outside of the cache, and stays. Remove the folder yourself."
                    : $"there is no model '{name}' in the cache. 'libretto models list' shows what is there.");
                exitCode = ExitCodes.Input;
            }
            return Task.FromResult(exitCode);
        }));
        return command;
    }

    private static Argument<string[]> Names(string description, ArgumentArity arity) =>
        new("NAME") { Description = description, Arity = arity };

    private static async Task<int> WithStore(Func<ModelStore, Task<int>> work)
    {
        await using var services = new ServiceCollection().AddLibretto(SettingsReader.Read().Settings).BuildServiceProvider();
        return await work(services.GetRequiredService<ModelStore>());
    }

    private static void Print(IReadOnlyList<InstalledModel> installed)
    {
        var here = installed.ToDictionary(model => model.Name, StringComparer.Ordinal);
        var table = new TextTable("NAME", "KIND", "LANGUAGES", "LICENCE", "SIZE", "HERE", "");
        foreach (var model in ModelCatalogue.All)
            table.Add(
                model.Name, model.Kind.ToString().ToLowerInvariant(), LanguagesOf(model), model.Licence, Megabytes(model.DownloadBytes),
                here.Remove(model.Name, out var found) ? found.Folder : "no", model.Summary);
        foreach (var model in here.Values)
            table.Add(model.Name, "your own", "", "", Megabytes(model.Bytes), model.Folder, "");
        table.Write(Console.Out);
    }

    private static string LanguagesOf(ModelEntry model) => model.Languages switch
    {
        [] => "-",
        ["*"] => "many",
        var codes => string.Join(' ', codes),
    };

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture) + " MB";
}
