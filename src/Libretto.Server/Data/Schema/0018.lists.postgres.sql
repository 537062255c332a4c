-- Songs that came together, as a playlist or an album: a group of jobs with one name and one progress.
create table lists (
    id text primary key,
    key_id text not null,
    name text not null,
    url text,
    found integer not null,
    idempotency_key text,
    created_at timestamptz not null
);
create unique index lists_repeated on lists (key_id, idempotency_key) where idempotency_key is not null;
alter table jobs add column list_id text;
create index jobs_of_list on jobs (list_id) where list_id is not null;
