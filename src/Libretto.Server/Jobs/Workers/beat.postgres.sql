-- A process says that it lives, with all the jobs that it works on: @id (its row in worker_lives), @busy, @lanes, and the jobs' @ids and
-- @claims. Gives whether it was asked to end, which of the jobs are still its own and not to be cancelled, in which of its lanes something
-- may wait, and how many processes are at work (not silent for @silence; counted up to @most). "status || ''" is as in claim.postgres.sql.
with life as (
    update worker_lives
    set state = 'running', heartbeat_at = now(), idle_since = case when @busy then null else coalesce(idle_since, now()) end
    where id = @id
    returning drain
),
held as (
    update jobs set heartbeat_at = now()
    from unnest(@ids, @claims) as mine (id, claim)
    where jobs.id = mine.id and jobs.claim = mine.claim and jobs.status || '' = 'running' and not jobs.cancel_requested
    returning jobs.id
)
select
    coalesce((select drain from life), false) as "Drain",
    array(select id from held) as "Held",
    array(select mine.lane from unnest(@lanes) as mine (lane) where exists (select from waiting_keys where waiting_keys.lane = mine.lane))
        as "Waiting",
    (select count(*)::integer from (
        select from worker_lives
        where state = 'running' and idle_since is null and heartbeat_at > now() - @silence
        limit @most) busy) as "Busy"
