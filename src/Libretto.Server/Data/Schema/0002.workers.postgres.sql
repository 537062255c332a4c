-- What a job needs of the worker that takes it. Older programs leave these alone, and their jobs need nothing.
alter table jobs add column needs_model text;
alter table jobs add column needs_gpu boolean not null default false;
alter table jobs add column needs_memory integer not null default 0;
alter table jobs add column needs_cookies boolean not null default false;

-- The workers that live, and what they can do. models is null for those that fetch whatever they lack.
create table workers (
    id text primary key,
    name text not null,
    lanes text not null,
    models text,
    gpu boolean not null,
    memory integer not null,
    cookies boolean not null,
    program text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null
);

-- The oldest tables that a program must know to go on beside this version's: see Schema.cs.
alter table schema_versions add column oldest_known integer not null default 0;
