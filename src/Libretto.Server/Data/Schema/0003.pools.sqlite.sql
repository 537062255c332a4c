-- The lives of workers, from the wish for one to its end, and what it could do. Times are the database's.
create table worker_lives (
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

create index worker_lives_alive on worker_lives (state) where state in ('starting', 'running');
create index worker_lives_pool on worker_lives (pool, requested_at desc);

-- What only one process does at a time: whoever holds the lease, as long as it is renewed.
create table leases (
    name text primary key,
    holder text not null,
    until text not null
);
