-- Writes how far the jobs of a process are, all in one statement: @ids, @claims, @pcts, @stages, @messages, @logs and @heards, one of each
-- for every job. Gives the ids of those that are still its own and not to be cancelled. Nobody waits for the disk: should the machine of
-- the database die, workers write the last moments of progress anew. Those who watch look for themselves (WatchedProgress).
-- "status || ''" is as in claim.postgres.sql.
with quick as materialized (select set_config('synchronous_commit', 'off', true)),
written as (
    update jobs
    set pct = greatest(jobs.pct, mine.pct), current_stage = mine.stage, status_message = mine.message, progress_log = mine.log::jsonb,
        heard = coalesce(mine.heard, jobs.heard),
        heartbeat_at = now(), revision = jobs.revision + 1
    from unnest(@ids, @claims, @pcts, @stages, @messages, @logs, @heards)
        as mine (id, claim, pct, stage, message, log, heard)
    where jobs.id = mine.id and jobs.claim = mine.claim and jobs.status || '' = 'running' and not jobs.cancel_requested
    returning jobs.id
)
select written.id as "Id" from quick, written
