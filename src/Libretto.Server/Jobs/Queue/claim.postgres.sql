-- Takes the next job of a lane that a worker can do and gives its row, in one round trip. Parameters: @lane, @worker, @claim (drawn
-- anew), and what the worker can do: @models (null for any), @gpu, @memory, @cookies. COLUMNS stands for those that the program knows.
-- It walks along the keys in the order of their turns (waiting_keys_order, Data/Schema/0012) and stops at the first that has a job for
-- it: what it costs does not grow with the keys and jobs that wait. "takeovers > 2" is JobClaims.Suspicious, written out as the index
-- jobs_turns has it. JobClaims.Ready says in LINQ what waits and could begin. Where a row is looked up by its id, "status || ''" keeps
-- PostgreSQL from an index of what waits: planned while nothing does, it would be gone through from end to end for every row.

-- 1. Each key's first job that could begin and that this worker can do. Read no further than is asked for below.
with first as not materialized (
    select job.id, keys.suspicious, keys.priority, keys.served_at, keys.since, keys.key_id
    from waiting_keys keys
    cross join lateral (
        select id
        from jobs
        where status = 'queued' and lane = keys.lane and key_id = keys.key_id
            and (takeovers > 2) = keys.suspicious and priority = keys.priority
            and (not_before is null or not_before <= now())
            and (@models is null or needs_model is null or needs_model = any (@models))
            and (@gpu or not needs_gpu) and needs_memory <= @memory and (@cookies or not needs_cookies)
            -- The same work is never done twice at once: it waits for the one at work.
            and (select other.id from jobs other where other.status = 'running' and other.result_key = jobs.result_key limit 1) is null
        order by created_at, id
        limit 1
    ) job
    where keys.lane = @lane
),
-- 2. What is served now: the highest priority at which a job waits.
served as materialized (
    select suspicious, priority from first
    order by suspicious, priority desc, served_at, since, key_id
    limit 1
),
-- 3. Of it the first job of the key that was served longest ago. Rows that others are just taking are passed over.
next as materialized (
    select jobs.id
    from first join jobs using (id)
    where first.suspicious = (select suspicious from served) and first.priority = (select priority from served)
        and jobs.status || '' = 'queued'
    order by served_at, since, first.key_id
    limit 1
    for update of jobs skip locked
),
-- 4. Where all of these are just being taken, a key's second job, or its third: none of a lower priority may slip in.
later as materialized (
    select jobs.id
    from (
        select job.id, job.place, keys.served_at, keys.since, keys.key_id
        from waiting_keys keys
        cross join lateral (
            select id, row_number() over (order by created_at, id) as place
            from jobs
            where status = 'queued' and lane = keys.lane and key_id = keys.key_id
                and (takeovers > 2) = keys.suspicious and priority = keys.priority
                and (not_before is null or not_before <= now())
                and (@models is null or needs_model is null or needs_model = any (@models))
                and (@gpu or not needs_gpu) and needs_memory <= @memory and (@cookies or not needs_cookies)
                -- The same work is never done twice at once: it waits for the one at work.
                and (select other.id from jobs other where other.status = 'running' and other.result_key = jobs.result_key limit 1) is null
            order by created_at, id
            limit 256
        ) job
        where keys.lane = @lane
            and keys.suspicious = (select suspicious from served) and keys.priority = (select priority from served)
            and not exists (select from next)
        order by place, served_at, since, keys.key_id
        limit 64
    ) later join jobs using (id)
    where jobs.status || '' = 'queued'
    order by place, served_at, since, later.key_id
    limit 1
    for update of jobs skip locked
),
-- 5. Where all of this priority are just being taken, what comes after it.
lower as materialized (
    select jobs.id
    from first join jobs using (id)
    where jobs.status || '' = 'queued' and exists (select from served) and not exists (select from next) and not exists (select from later)
    order by first.suspicious, first.priority desc, served_at, since, first.key_id
    limit 1
    for update of jobs skip locked
),
-- 6. It is taken. The unique index jobs_same_work refuses a second one for the same work that began at this very moment.
claimed as (
    update jobs
    set status = 'running', claim = @claim, worker = @worker, heartbeat_at = now(), started_at = coalesce(started_at, now()),
        unmet_since = null, status_message = 'starting', revision = revision + 1
    where id = coalesce((select id from next), (select id from later), (select id from lower))
    returning jobs.*
),
-- 7. Its key has had its turn, and goes to the end. Where another is just noting one of the same key, that will do: nobody waits for it.
noted as materialized (
    select turns.key_id, turns.lane from turns join claimed using (key_id, lane)
    for update of turns skip locked
),
again as (
    update turns set served_at = clock_timestamp() from noted where turns.key_id = noted.key_id and turns.lane = noted.lane
),
once as (
    insert into turns (key_id, lane, served_at)
    select key_id, lane, clock_timestamp() from claimed
    where key_id <> '' and not exists (select from turns where turns.key_id = claimed.key_id and turns.lane = claimed.lane)
    on conflict do nothing
)
select COLUMNS from claimed
