-- What a queued job waits for: its turn, a worker that starts, what no worker has, or something its message alone tells. What is said to
-- people of it may change; this decides who may say something else. Older programs leave it alone.
alter table jobs add column waiting_for text not null default 'turn';
update jobs set waiting_for = case
    when unmet_since is not null or status_message like 'waiting for a worker with %' then 'requirements'
    when status_message like 'waiting for a worker%' then 'worker'
    when status_message is null or status_message like 'waiting%' then 'turn'
    else 'other' end
where status = 'queued';
