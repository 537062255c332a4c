using System.Text.RegularExpressions;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed partial class ReadmeTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task The_example_of_the_library_compiles_and_prints_timed_words()
    {
        var example = CodeBlock().Match(File.ReadAllText(Repository.File("README.md"))).Groups[1].Value;
        var library = Repository.File("src", "Libretto", "Libretto.csproj");
        File.WriteAllText(_libretto.Folder["example.cs"], $"#:project {library}\n#:property InvariantGlobalization=true\n{example}");
        Directory.CreateSymbolicLink(_libretto.Folder["samples"], Repository.File("samples"));

        // Against the library as it was built for these tests.
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var run = await _libretto.RunAsync("dotnet", ["run", "example.cs", "-c", configuration, "-p:BuildProjectReferences=false"]);

        Assert.Matches(@"^ +\d+\.\d\d \w+", run.Output);
        Assert.Contains(" --> ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
