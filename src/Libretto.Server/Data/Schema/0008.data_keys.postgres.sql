-- The keys that cookies, shared links and secrets in rows are encrypted with, each sealed with a secret that is not in the database.
create table data_keys (
    id text primary key,
    sealed text not null,
    created_at timestamptz not null
);
