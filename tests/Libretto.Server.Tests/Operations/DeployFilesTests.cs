using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Libretto.Server.Tests.Support;
using Libretto.Server.Webhooks;
using Libretto.Settings;

namespace Libretto.Server.Tests.Operations;

/// <summary>The files of deploy/, as far as they can be judged without the places they are for.</summary>
public sealed partial class DeployFilesTests : IDisposable
{
    private static readonly string[] s_docs = ["server.md", "storage.md", "deploy.md"];

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compose_Dockerfiles_fly_and_railway_pass_their_linters()
    {
        var lint = await InstallLintersAsync();

        var (exitCode, _, complaints) = await RunAsync(lint, "node", "check.mjs", Repository.Root);

        Assert.True(exitCode == 0, complaints);
    }

    [Fact]
    public async Task The_linters_see_what_is_wrong()
    {
        var lint = await InstallLintersAsync();
        var broken = Directory.CreateDirectory(_folder["deploy"]).FullName;
        foreach (var (name, right, wrong) in new[]
        {
            ("compose.yaml", "healthcheck:", "healthchek:"), ("orchestrator.Dockerfile", "HEALTHCHECK --interval", "HEALTHCHECK --intervall"),
            ("worker.Dockerfile", "ENTRYPOINT", "ENTRYPIONT"), ("fly.toml", "auto_stop_machines", "autostop"), ("railway.json", "healthcheckPath", "health"),
        })
        {
            var text = await File.ReadAllTextAsync(Repository.File("deploy", name), Ct);
            Assert.Contains(right, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(broken, name), text.Replace(right, wrong, StringComparison.Ordinal), Ct);
        }

        var (exitCode, _, complaints) = await RunAsync(lint, "node", "check.mjs", _folder.Path);

        Assert.Equal(1, exitCode);
        foreach (var name in (string[])["compose.yaml", "orchestrator.Dockerfile", "worker.Dockerfile", "fly.toml", "railway.json"])
            Assert.Contains(name, complaints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_unit_is_valid_and_leaves_little_exposed()
    {
        // The program is not installed here, which is the one thing that verify would complain about.
        var unit = await File.ReadAllTextAsync(Repository.File("deploy", "libretto.service"), Ct);
        var file = _folder["libretto.service"];
        await File.WriteAllTextAsync(file, unit.Replace("/opt/libretto/libretto serve", "/bin/true serve", StringComparison.Ordinal), Ct);

        var (exitCode, _, complaints) = await RunAsync(_folder.Path, "systemd-analyze", "verify", "--man=no", file);
        var (_, exposure, _) = await RunAsync(_folder.Path, "systemd-analyze", "security", "--offline=true", "--no-pager", file);

        Assert.True(exitCode == 0 && complaints.Length == 0, complaints);
        var level = double.Parse(Exposure().Match(exposure).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(level, 0, 2);
    }

    [Fact]
    public async Task Scripts_are_of_their_language()
    {
        var (bash, _, bashErrors) = await RunAsync(_folder.Path, "bash", "-n", Repository.File("deploy", "publish"));
        File.Copy(Repository.File("deploy", "modal_worker.py"), _folder["modal_worker.py"]);
        var (python, _, pythonErrors) = await RunAsync(_folder.Path, "python3", "-m", "py_compile", "modal_worker.py");

        Assert.Equal((0, "", 0, ""), (bash, bashErrors, python, pythonErrors));
    }

    [Fact]
    public async Task Modals_function_knows_the_pools_signature_from_a_forged_or_old_one()
    {
        // The function as it stands in the file; the module itself needs Modal's package.
        const string Ask =
            """
            import ast, hashlib, hmac, sys
            source = ast.parse(open(sys.argv[1]).read())
            function = next(part for part in source.body if isinstance(part, ast.FunctionDef) and part.name == "is_signed")
            exec(compile(ast.Module([function], []), "modal_worker.py", "exec"))
            print([is_signed("secret", body, sys.argv[2], 1_000_000 + late) for body, late in [(b"{}", 0), (b"{}", 299), (b"{}", 301), (b"{ }", 0)]] + [is_signed("other", b"{}", sys.argv[2], 1_000_000), is_signed("secret", b"{}", "", 1_000_000)])
            """;
        var signature = WebhookSignature.Sign("secret", "{}"u8, DateTimeOffset.FromUnixTimeSeconds(1_000_000));

        var (_, output, errors) = await RunAsync(_folder.Path, "python3", "-c", Ask, Repository.File("deploy", "modal_worker.py"), signature);

        Assert.True(output.Trim() == "[True, True, False, False, False, False]", output + errors);
    }

    [Fact]
    public void Every_variable_in_them_is_one_that_Libretto_reads()
    {
        var known = SettingsTable.All.Select(setting => setting.Variable)
            .Concat(Variable().Matches(string.Concat(s_docs.Select(name => File.ReadAllText(Repository.File("docs", name))))).Select(match => match.Value))
            .ToHashSet();
        foreach (var file in Directory.GetFiles(Repository.File("deploy")))
            Assert.All(Variable().Matches(File.ReadAllText(file)), match => Assert.True(known.Contains(match.Value), $"{Path.GetFileName(file)}: {match.Value}"));
    }

    [Fact]
    public void They_hold_no_secret()
    {
        foreach (var file in Directory.GetFiles(Repository.File("deploy")))
        {
            Assert.All(Secret().Matches(File.ReadAllText(file)), match => Assert.Fail($"{Path.GetFileName(file)}: {match.Value}"));
        }
    }

    /// <summary>Fetched once by their lock file; skips the test, counted, where that cannot be done.</summary>
    private static async Task<string> InstallLintersAsync()
    {
        var folder = Directory.CreateDirectory(Repository.File("artifacts", "deploy-lint")).FullName;
        foreach (var file in Directory.GetFiles(Repository.File("deploy", "lint")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!File.Exists(Path.Combine(folder, "node_modules", "dclint", "package.json")))
        {
            var (exitCode, _, errors) = await RunAsync(folder, "npm", "ci", "--silent", "--no-audit", "--no-fund");
            Assert.SkipUnless(exitCode == 0, $"npm cannot fetch the linters: {errors}");
        }
        return folder;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
            await process.WaitForExitAsync(Ct);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
            throw;
        }
    }

    [GeneratedRegex(@"\b(LIBRETTO|AWS|GROQ|DATABASE)_[A-Z_]+\b")]
    private static partial Regex Variable();

    // A name that sounds like a secret, with something after it that is neither empty, a reference nor a place to fill in.
    [GeneratedRegex(@"(?im)^[^#\n$]*(password|secret|token|_key)\w*[ \t]*[=:][ \t]*(?!\$\{|$|\.\.\.|libretto$)[^\s,)]+$")]
    private static partial Regex Secret();

    [GeneratedRegex(@"exposure level for libretto.service: ([0-9.]+)")]
    private static partial Regex Exposure();
}
