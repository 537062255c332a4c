using Microsoft.Data.Sqlite;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>Tells the errors of two databases apart.</summary>
internal static class DatabaseErrors
{
    private const int SqliteConstraint = 19;

    /// <summary>Whether a unique index refused a row.</summary>
    public static bool IsDuplicate(Exception e) => Causes(e).Any(cause => cause
        is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
        or SqliteException { SqliteErrorCode: SqliteConstraint, SqliteExtendedErrorCode: 2067 or 1555 });

    /// <summary>Whether a PostgreSQL is not there now, but may come.</summary>
    public static bool IsAway(Exception e) => Causes(e).Any(cause => cause is NpgsqlException { IsTransient: true });

    /// <summary>Whether PostgreSQL takes no changes now: it was set so, or is a copy of another.</summary>
    public static bool IsReadOnly(Exception? e) =>
        Causes(e).Any(cause => cause is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction });

    /// <summary>Whether PostgreSQL has no connection left for this process.</summary>
    public static bool IsFull(Exception e) =>
        Causes(e).Any(cause => cause is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections });

    /// <summary>Whether the database itself could not be used.</summary>
    public static bool IsTrouble(Exception e) => Causes(e).Any(cause => cause is System.Data.Common.DbException);

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            yield return e;
    }
}
