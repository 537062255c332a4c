namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>leases</c>.</summary>
internal sealed record LeaseRow(string Name, string Holder, DateTime Until);
