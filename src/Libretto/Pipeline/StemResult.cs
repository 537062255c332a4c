namespace Libretto.Pipeline;

/// <summary>What came of a separation.</summary>
/// <param name="Model">The model's name, as it goes into a document's <c>method.separation</c>.</param>
/// <param name="Duration">The stems' length in seconds: that of the song.</param>
/// <param name="Notices">What the user should know, a sentence each, such as damage in the file.</param>
public sealed record StemResult(string Model, double Duration, IReadOnlyList<string> Notices);
