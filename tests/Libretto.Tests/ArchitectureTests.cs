namespace Libretto.Tests;

public class ArchitectureTests
{
    [Fact]
    public void The_library_is_one_assembly() => Assert.Equal("Libretto", typeof(LibrettoException).Assembly.GetName().Name);
}
