create table jobs (
    id text collate "C" primary key,
    url text,
    video_id text,
    title text,
    artist text,
    options jsonb not null,
    status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
    pct double precision not null default 0 check (pct between 0 and 100),
    status_message text,
    current_stage text,
    processing_method text,
    processing_time_seconds double precision,
    progress_log jsonb not null default '[]',
    results_url text,
    error_message text,
    error_code text,
    attempts integer not null default 0,
    created_at timestamptz not null,
    started_at timestamptz,
    completed_at timestamptz,

    -- who asked
    key_id text not null default '',
    idempotency_key text,
    request_hash text,

    -- what goes in and what came out: keys of the content store
    file_name text,
    input_key text,
    lyrics_key text,
    result_key text,
    document_key text,
    document_version integer not null default 0,
    vocals_key text,
    instrumental_key text,
    language text,
    duration double precision,
    expired_at timestamptz,

    -- who works on it
    lane text not null,
    priority integer not null default 0,
    not_before timestamptz,
    claim text,
    worker text,
    heartbeat_at timestamptz,
    takeovers integer not null default 0,
    cancel_requested boolean not null default false,

    -- counts the changes that watchers want to see
    revision bigint not null default 1
);

create unique index jobs_idempotency on jobs (key_id, idempotency_key);
create index jobs_waiting on jobs (lane, priority desc, created_at, id) where status = 'queued';
create index jobs_running on jobs (heartbeat_at) where status = 'running';
create index jobs_done on jobs (completed_at) where expired_at is null;
create index jobs_owner on jobs (key_id, id desc);
-- The same work is never done twice at once; whoever comes second finds it in the store.
create unique index jobs_same_work on jobs (result_key) where status = 'running';

-- A change that watchers want to see is told to every process in the transaction that makes it.
create function jobs_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('libretto_jobs', case when new.cancel_requested and new.status = 'running' then new.id || ' cancel' else new.id end);
    return null;
end $$;
create trigger jobs_changed after update on jobs
    for each row when (old.revision is distinct from new.revision) execute function jobs_changed();

create table lyrics_versions (
    job_id text not null references jobs (id) on delete cascade,
    version integer not null,
    document_key text not null,
    created_at timestamptz not null,
    primary key (job_id, version)
);

create table api_keys (
    id text primary key,
    name text not null,
    hash text not null,
    scope text not null check (scope in ('user', 'admin')),
    created_at timestamptz not null,
    revoked_at timestamptz
);

-- Seconds of work a second of audio: count, mean and sum of squared deviations (Welford).
create table stage_times (
    stage text not null,
    method text not null,
    machine text not null,
    count bigint not null,
    mean double precision not null,
    spread double precision not null,
    primary key (stage, method, machine)
);
