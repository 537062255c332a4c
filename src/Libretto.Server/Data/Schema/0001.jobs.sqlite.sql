create table jobs (
    id text primary key,
    url text,
    video_id text,
    title text,
    artist text,
    options text not null,
    status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
    pct real not null default 0 check (pct between 0 and 100),
    status_message text,
    current_stage text,
    processing_method text,
    processing_time_seconds real,
    progress_log text not null default '[]',
    results_url text,
    error_message text,
    error_code text,
    attempts integer not null default 0,
    created_at text not null,
    started_at text,
    completed_at text,

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
    duration real,
    expired_at text,

    -- who works on it
    lane text not null,
    priority integer not null default 0,
    not_before text,
    claim text,
    worker text,
    heartbeat_at text,
    takeovers integer not null default 0,
    cancel_requested integer not null default 0,

    -- counts the changes that watchers want to see
    revision integer not null default 1
);

create unique index jobs_idempotency on jobs (key_id, idempotency_key);
create index jobs_waiting on jobs (lane, priority desc, created_at, id) where status = 'queued';
create index jobs_running on jobs (heartbeat_at) where status = 'running';
create index jobs_done on jobs (completed_at) where expired_at is null;
create index jobs_owner on jobs (key_id, id desc);
-- The same work is never done twice at once; whoever comes second finds it in the store.
create unique index jobs_same_work on jobs (result_key) where status = 'running';

create table lyrics_versions (
    job_id text not null references jobs (id) on delete cascade,
    version integer not null,
    document_key text not null,
    created_at text not null,
    primary key (job_id, version)
);

create table api_keys (
    id text primary key,
    name text not null,
    hash text not null,
    scope text not null check (scope in ('user', 'admin')),
    created_at text not null,
    revoked_at text
);

-- Seconds of work a second of audio: count, mean and sum of squared deviations (Welford).
create table stage_times (
    stage text not null,
    method text not null,
    machine text not null,
    count integer not null,
    mean real not null,
    spread real not null,
    primary key (stage, method, machine)
);
