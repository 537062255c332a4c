-- Since when a job has waited for what no worker has.
alter table jobs add column unmet_since timestamptz;

-- Whose turn it is: each key's next job, without looking at the others.
create index jobs_turns on jobs (lane, key_id, (takeovers > 2), priority desc, created_at, id) where status = 'queued';
-- The table workers is no longer used: what it told, worker_lives tells. It stays for programs that know five of these files.
