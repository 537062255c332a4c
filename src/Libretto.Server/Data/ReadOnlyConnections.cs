using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>
/// A connection that was opened while PostgreSQL took no changes (set so, or a copy that is the first one's stand-in) stays like that when
/// all others may write again. So none is kept: where a change was refused, all are opened anew.
/// </summary>
internal sealed class ReadOnlyConnections(NpgsqlDataSource database) : DbCommandInterceptor
{
    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Saw(eventData.Exception);

    public override Task CommandFailedAsync(
        DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Saw(eventData.Exception);
        return Task.CompletedTask;
    }

    /// <summary>An error of a statement: of those that do not come by a context.</summary>
    public void Saw(Exception e)
    {
        if (DatabaseErrors.IsReadOnly(e))
            database.Clear();
    }
}
