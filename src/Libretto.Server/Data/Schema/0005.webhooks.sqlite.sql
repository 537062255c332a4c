-- Who is told of a job's end, and how that went.
create table webhook_deliveries (
    job_id text primary key references jobs (id) on delete cascade,
    url text not null,
    state text not null check (state in ('waiting', 'delivered', 'failed')),
    attempts integer not null default 0,
    next_at text,
    log text not null default '[]',
    delivered_at text
);

create index webhook_deliveries_waiting on webhook_deliveries (next_at) where state = 'waiting';

-- When a key's jobs were last served in a lane: whoever was served longest ago is next.
create table turns (
    key_id text not null,
    lane text not null,
    served_at text not null,
    primary key (key_id, lane)
);

create index jobs_unfinished on jobs (key_id) where status in ('queued', 'running');
