namespace Libretto.Pipeline;

/// <summary>What would recognise a song now.</summary>
/// <param name="Engine">A model of this machine, or the name of a hosted engine.</param>
/// <param name="IsHosted">Whether the song would leave the machine.</param>
/// <param name="IsHere">Whether it is ready; otherwise it is fetched at the first song.</param>
/// <param name="Trouble">Why the better default cannot be fetched, so that this one serves; null when there is no such trouble.</param>
public sealed record EngineForecast(string Engine, bool IsHosted, bool IsHere, string? Trouble);
