-- The keys that have jobs waiting, in the order of their turns: whoever takes a job walks along waiting_keys_order and stops at the first
-- key that has one for it. A row says that there may be jobs of this key at this priority. Triggers make the rows and copy the turns into
-- them, so that programs of any version find them right; JobClaims.TidyAsync removes those that nothing waits for any more.
create table waiting_keys (
    lane text not null,
    suspicious boolean not null,
    priority integer not null,
    key_id text not null,
    served_at timestamptz not null,
    since timestamptz not null,
    primary key (lane, key_id, suspicious, priority)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create index waiting_keys_order on waiting_keys (lane, suspicious, priority desc, served_at, since, key_id);

insert into waiting_keys (lane, suspicious, priority, key_id, served_at, since)
select jobs.lane, takeovers > 2, priority, jobs.key_id, coalesce(max(turns.served_at), '-infinity'), min(created_at)
from jobs left join turns on turns.key_id = jobs.key_id and turns.lane = jobs.lane
where status = 'queued'
group by jobs.lane, takeovers > 2, priority, jobs.key_id;

-- The row is locked, shared with whoever else posts for this key, until the job is there to be seen: nobody can remove it before.
create or replace function jobs_wait() returns trigger language plpgsql as $$
begin
    loop
        perform from waiting_keys
        where lane = new.lane and key_id = new.key_id and suspicious = (new.takeovers > 2) and priority = new.priority
        for key share;
        exit when found;
        insert into waiting_keys (lane, suspicious, priority, key_id, served_at, since)
        values (new.lane, new.takeovers > 2, new.priority, new.key_id,
            coalesce((select served_at from turns where turns.key_id = new.key_id and turns.lane = new.lane), '-infinity'), new.created_at)
        on conflict do nothing;
    end loop;
    return null;
end $$;

create or replace trigger jobs_wait_new after insert on jobs
    for each row when (new.status = 'queued') execute function jobs_wait();
create or replace trigger jobs_wait_again after update on jobs
    for each row when (new.status = 'queued' and (old.status, old.lane, old.key_id, old.priority, old.takeovers > 2)
        is distinct from (new.status, new.lane, new.key_id, new.priority, new.takeovers > 2)) execute function jobs_wait();

create or replace function turns_taken() returns trigger language plpgsql as $$
begin
    update waiting_keys set served_at = new.served_at where lane = new.lane and key_id = new.key_id;
    return null;
end $$;

create or replace trigger turns_taken after insert or update on turns for each row execute function turns_taken();
