-- Takes the next job of a lane that a worker can do, and says whether there was any. Parameters: @lane, @worker, @claim (drawn anew),
-- @depth (how many jobs of each key are looked at), and what the worker can do: @models (null for any), @gpu, @memory, @cookies.
-- "takeovers > 2" is JobClaims.Suspicious, written out as the index jobs_turns has it. JobClaims.Ready says in LINQ what waits and could
-- begin.

-- 1. The keys that have jobs waiting, each found by one step in the index (a loose index scan), however many jobs it has.
with recursive keys as (
    (select key_id from jobs where status = 'queued' and lane = @lane order by key_id limit 1)
    union all
    select (
        select jobs.key_id from jobs
        where status = 'queued' and lane = @lane and jobs.key_id > keys.key_id
        order by jobs.key_id limit 1)
    from keys where key_id is not null
),
-- 2. Of each key its next few jobs that could begin and that this worker can do; place 1 is the first of its key.
candidates as (
    select job.*, coalesce(turns.served_at, '-infinity') as served_at
    from keys
    cross join lateral (
        select id, created_at, priority, takeovers > 2 as suspicious,
            row_number() over (order by takeovers > 2, priority desc, created_at, id) as place
        from jobs
        where status = 'queued' and lane = @lane and jobs.key_id = keys.key_id
            and (not_before is null or not_before <= now())
            -- The same work is never done twice at once: it waits for the one at work.
            and not exists (select from jobs other where other.status = 'running' and other.result_key = jobs.result_key)
            and (@models is null or needs_model is null or needs_model = any (@models))
            and (@gpu or not needs_gpu) and needs_memory <= @memory and (@cookies or not needs_cookies)
        order by takeovers > 2, priority desc, created_at, id
        limit @depth
    ) job
    left join turns on turns.key_id = keys.key_id and turns.lane = @lane
),
-- 3. The one whose turn it is: priority first, then the key that was served longest ago. Rows that others are just taking are passed over.
next as (
    select jobs.id from jobs join candidates using (id)
    where jobs.status = 'queued'
        -- With one job a key, none of a lower priority may slip in while the higher ones are being taken.
        and (@depth > 1 or (suspicious, candidates.priority) in
            (select suspicious, priority from candidates order by suspicious, priority desc limit 1))
    order by suspicious, candidates.priority desc, place, served_at, candidates.created_at, id
    limit 1
    for update of jobs skip locked
),
-- 4. It is taken. The unique index jobs_same_work refuses a second one for the same work that began at this very moment.
claimed as (
    update jobs
    set status = 'running', claim = @claim, worker = @worker, heartbeat_at = now(), started_at = coalesce(started_at, now()),
        unmet_since = null, status_message = 'starting', revision = revision + 1
    from next where jobs.id = next.id
    returning jobs.id, key_id, lane
),
-- 5. Its key has had its turn.
noted as (
    insert into turns (key_id, lane, served_at) select key_id, lane, clock_timestamp() from claimed where key_id <> ''
    on conflict (key_id, lane) do update set served_at = excluded.served_at
)
select (select id from claimed) as "Id", exists (select from candidates) as "Any"
