-- What a running job writes twice a second touches no index: heartbeats are looked for among those at work. The row stays on its page.
create index jobs_at_work on jobs (id) where status = 'running';
drop index jobs_running;
alter table jobs set (fillfactor = 80);

-- Programs that send their notices themselves say so in their connections; for older ones triggers send them, as before, and tell newer
-- workers what they would not hear otherwise.
create or replace function jobs_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('libretto_jobs', case when new.cancel_requested and new.status = 'running' then new.id || ' cancel' else new.id end);
    if new.cancel_requested and new.status = 'running' then
        perform pg_notify('libretto_workers', 'cancel ' || new.id);
    end if;
    return null;
end $$;
create or replace trigger jobs_changed after update on jobs
    for each row when (old.revision is distinct from new.revision and coalesce(current_setting('libretto.notices', true), '') <> 'own')
    execute function jobs_changed();

create or replace function jobs_queued() returns trigger language plpgsql as $$
begin
    perform pg_notify('libretto_workers', 'wake ' || new.lane);
    return null;
end $$;
create or replace trigger jobs_queued_new after insert on jobs
    for each row when (new.status = 'queued' and coalesce(current_setting('libretto.notices', true), '') <> 'own')
    execute function jobs_queued();
create or replace trigger jobs_queued_again after update on jobs
    for each row when (new.status = 'queued' and (old.status <> 'queued' or old.lane <> new.lane)
        and coalesce(current_setting('libretto.notices', true), '') <> 'own')
    execute function jobs_queued();
