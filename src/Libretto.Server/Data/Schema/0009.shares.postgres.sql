-- Links that show a song to whoever has them. A link counts while its row is here.
create table shares (
    id text primary key,
    job_id text not null references jobs (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create index shares_of_job on shares (job_id);
