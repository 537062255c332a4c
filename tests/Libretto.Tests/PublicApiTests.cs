using Libretto.Tests.Support;
using PublicApiGenerator;

namespace Libretto.Tests;

public class PublicApiTests
{
    /// <summary>Users build on what is public: a change of it is seen in review, never by accident.</summary>
    [Fact]
    public void The_public_api_is_what_was_approved() => Snapshot.Match(
        typeof(LibrettoException).Assembly.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            // Names a class that the compiler numbers anew with every method before it.
            ExcludeAttributes = ["System.Runtime.CompilerServices.AsyncIteratorStateMachineAttribute"],
        }).ReplaceLineEndings("\n").TrimEnd() + "\n",
        "Snapshots", "PublicApi.txt");
}
