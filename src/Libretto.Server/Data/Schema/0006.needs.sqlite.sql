-- Since when a job has waited for what no worker has.
alter table jobs add column unmet_since text;
-- The table workers is no longer used: what it told, worker_lives tells. It stays for programs that know five of these files.
