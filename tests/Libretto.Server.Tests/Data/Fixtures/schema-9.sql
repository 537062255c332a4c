PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_versions (version integer primary key, applied_at text not null, oldest_known integer not null default 0);
INSERT INTO schema_versions VALUES(1,'2026-11-28T21:29:19.7405952Z',0);
INSERT INTO schema_versions VALUES(2,'2026-11-28T21:29:19.7425420Z',0);
INSERT INTO schema_versions VALUES(3,'2026-11-28T21:29:19.7427557Z',0);
INSERT INTO schema_versions VALUES(4,'2026-11-28T21:29:19.7885636Z',0);
INSERT INTO schema_versions VALUES(5,'2026-11-28T21:29:19.7889289Z',0);
INSERT INTO schema_versions VALUES(6,'2026-11-28T21:29:19.7891975Z',0);
INSERT INTO schema_versions VALUES(7,'2026-11-28T21:29:19.7895102Z',0);
INSERT INTO schema_versions VALUES(8,'2026-11-28T21:29:19.7895746Z',0);
INSERT INTO schema_versions VALUES(9,'2026-11-28T21:29:19.7896567Z',0);
CREATE TABLE jobs (
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
, needs_model text, needs_gpu integer not null default 0, needs_memory integer not null default 0, needs_cookies integer not null default 0, cookies text, unmet_since text, part_of text);
INSERT INTO jobs VALUES('01a22410277877eba073606dbc975a68',NULL,NULL,'tone',NULL,'{}','queued',0.0,'waiting',NULL,NULL,NULL,'[]',NULL,NULL,NULL,0,'2026-11-28 21:29:28.1870847',NULL,NULL,'',NULL,'26f40cd6d7d70f7baf9439b69e4301922d1e768a9dd9e64b82071c9b783d8ef9','tone.wav','audio/57da93b3ae0f90d29695c5c509d8f763e2c698a1c2038470064294e7a297d598',NULL,'results/4ebbde2544f2fccc52932f001a06eb0a3d0559fbe11a51e8ebefca5103184804',NULL,0,NULL,NULL,NULL,1.0,NULL,'compute',0,NULL,NULL,NULL,NULL,0,0,1,NULL,0,0,0,NULL,NULL,NULL);
INSERT INTO jobs VALUES('01a224102c7571f080fdda06d06c952b',NULL,NULL,'tone',NULL,'{"quality":"best","gpu":true}','queued',0.0,'waiting for a worker with a graphics card; none is running',NULL,NULL,NULL,'[]',NULL,NULL,NULL,0,'2026-11-28 21:29:29.4615509',NULL,NULL,'',NULL,'2698f5d459344ad9d755c72c4d9990f94fcbffe8bec7290cb902cc2cefd6b6f6','tone.wav','audio/57da93b3ae0f90d29695c5c509d8f763e2c698a1c2038470064294e7a297d598',NULL,'results/6825f997e21fbc7f6f346eeecc688984325f8d3e088237b02e12d553c28ac4ae',NULL,0,NULL,NULL,NULL,1.0,NULL,'compute',0,NULL,NULL,NULL,NULL,0,0,2,NULL,1,0,0,NULL,'2026-11-28 21:29:31.269',NULL);
INSERT INTO jobs VALUES('01a224102d347a059a1a91b45ba40f81','https://songs.example/one.mp3',NULL,NULL,NULL,'{}','queued',0.0,'waiting',NULL,NULL,NULL,'[]',NULL,NULL,NULL,0,'2026-11-28 21:29:29.6531778',NULL,NULL,'',NULL,'c9fcfd8d61e20dbe52872af4f23467b07446186cea41888bccb47d52b5a8b43d',NULL,NULL,NULL,'downloads/f31fd9bcc1991ca8e3fe78aa1ea7cac88602f47d859984288f4915dd8a172269',NULL,0,NULL,NULL,NULL,NULL,NULL,'io',0,NULL,NULL,NULL,NULL,0,0,1,NULL,0,0,0,NULL,NULL,NULL);
INSERT INTO jobs VALUES('01a224102e217100a2b80bc9281cc003','https://songs.example/two.mp3',NULL,NULL,NULL,'{"language":"es"}','cancelled',0.0,'cancelled before it began',NULL,NULL,NULL,'[]',NULL,NULL,NULL,0,'2026-11-28 21:29:29.8891363',NULL,'2026-11-28 21:29:30.481321','',NULL,'585d03888c2415009b51b1a9d75e90b0aa08926596e3ee497c8abe37347ce40d',NULL,NULL,NULL,'downloads/c313f9eda7c8e8f1ad5d29ecb087dee56d4750e0e16b30cb57803b967480bda1',NULL,0,NULL,NULL,NULL,NULL,NULL,'io',0,NULL,NULL,NULL,NULL,0,0,2,NULL,0,0,0,NULL,NULL,NULL);
CREATE TABLE lyrics_versions (
    job_id text not null references jobs (id) on delete cascade,
    version integer not null,
    document_key text not null,
    created_at text not null,
    primary key (job_id, version)
);
CREATE TABLE api_keys (
    id text primary key,
    name text not null,
    hash text not null,
    scope text not null check (scope in ('user', 'admin')),
    created_at text not null,
    revoked_at text
);
INSERT INTO api_keys VALUES('a792fb988387','anna','442efca9709c82b3c779266995cd665d633047133682e699c5814833ba487bf2','user','2026-11-28 21:29:47.9587884',NULL);
CREATE TABLE stage_times (
    stage text not null,
    method text not null,
    machine text not null,
    count integer not null,
    mean real not null,
    spread real not null,
    primary key (stage, method, machine)
);
CREATE TABLE workers (
    id text primary key,
    name text not null,
    lanes text not null,
    models text,
    gpu integer not null,
    memory integer not null,
    cookies integer not null,
    program text not null,
    started_at text not null,
    seen_at text not null
);
CREATE TABLE worker_lives (
    id text primary key,
    pool text,
    pool_id text,
    name text,
    lanes text not null,
    program text,
    models text,
    gpu integer,
    memory integer,
    cookies integer,
    state text not null check (state in ('starting', 'running', 'stopped', 'failed')),
    requested_at text not null,
    started_at text,
    heartbeat_at text,
    idle_since text,
    drain integer not null default 0,
    stopped_at text,
    error text,
    usd_per_hour real
);
CREATE TABLE leases (
    name text primary key,
    holder text not null,
    until text not null
);
CREATE TABLE webhook_deliveries (
    job_id text primary key references jobs (id) on delete cascade,
    url text not null,
    state text not null check (state in ('waiting', 'delivered', 'failed')),
    attempts integer not null default 0,
    next_at text,
    log text not null default '[]',
    delivered_at text
);
CREATE TABLE turns (
    key_id text not null,
    lane text not null,
    served_at text not null,
    primary key (key_id, lane)
);
CREATE TABLE data_keys (
    id text primary key,
    sealed text not null,
    created_at text not null
);
CREATE TABLE shares (
    id text primary key,
    job_id text not null references jobs (id) on delete cascade,
    created_at text not null,
    expires_at text not null
);
CREATE UNIQUE INDEX jobs_idempotency on jobs (key_id, idempotency_key);
CREATE INDEX jobs_waiting on jobs (lane, priority desc, created_at, id) where status = 'queued';
CREATE INDEX jobs_running on jobs (heartbeat_at) where status = 'running';
CREATE INDEX jobs_done on jobs (completed_at) where expired_at is null;
CREATE INDEX jobs_owner on jobs (key_id, id desc);
CREATE UNIQUE INDEX jobs_same_work on jobs (result_key) where status = 'running';
CREATE INDEX worker_lives_alive on worker_lives (state) where state in ('starting', 'running');
CREATE INDEX worker_lives_pool on worker_lives (pool, requested_at desc);
CREATE INDEX webhook_deliveries_waiting on webhook_deliveries (next_at) where state = 'waiting';
CREATE INDEX jobs_unfinished on jobs (key_id) where status in ('queued', 'running');
CREATE INDEX jobs_parts on jobs (part_of) where part_of is not null;
CREATE INDEX shares_of_job on shares (job_id);
COMMIT;
