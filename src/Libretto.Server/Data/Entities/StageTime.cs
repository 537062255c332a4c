namespace Libretto.Server.Data.Entities;

/// <summary>How long a stage takes: seconds of work a second of audio.</summary>
internal sealed record StageTime(string Stage, string Method, string Machine, long Count, double Mean, double Spread);
