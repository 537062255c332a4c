using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore.Query;

namespace Libretto.Server.Jobs;

/// <summary>What changes in a job's row whoever moves it from one state to another.</summary>
internal static class JobTransitions
{
    /// <summary>What every way back into the queue changes: nobody holds the job any more.</summary>
    public static UpdateSettersBuilder<Job> Requeue(UpdateSettersBuilder<Job> set, string message, string waitingFor) => set
        .SetProperty(row => row.Status, JobStatus.Queued)
        .SetProperty(row => row.StatusMessage, message)
        .SetProperty(row => row.WaitingFor, waitingFor)
        .SetProperty(row => row.Claim, (string?)null)
        .SetProperty(row => row.Revision, row => row.Revision + 1);
}
