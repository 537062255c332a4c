using System.Diagnostics;

namespace Libretto.Server.Tests.Security;

public sealed class DependencyAuditTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_package_has_a_known_hole()
    {
        // A version with a hole that everybody knows: a source that does not know it knows none.
        await File.WriteAllTextAsync(_folder["known.csproj"],
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
            </Project>
            """, Ct);
        Assert.SkipUnless((await AuditAsync(_folder["known.csproj"])).Contains("GHSA-", StringComparison.Ordinal), "the package source publishes no advisories");

        foreach (var project in (string[])["Libretto", "Libretto.Server", "Libretto.Cli"])
            Assert.DoesNotContain("GHSA-", await AuditAsync(Repository.File("src", project, $"{project}.csproj")), StringComparison.Ordinal);
    }

    private static async Task<string> AuditAsync(string project)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["package", "list", "--project", project, "--vulnerable", "--include-transitive"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        return await output + await errors;
    }
}
