-- Karaoke parties: what guests may reach by a link, and who wants to sing what. Rows go with their party.
create table parties (
    id text primary key,
    key_id text not null,
    sees_all integer not null,
    name text not null,
    allows_links integer not null,
    created_at text not null,
    ends_at text not null,
    revision integer not null default 1
);
create table party_entries (
    id text primary key,
    party_id text not null references parties (id) on delete cascade,
    job_id text not null,
    singer text not null,
    guest text not null,
    state text not null,
    created_at text not null
);
create index party_entries_of on party_entries (party_id, state);
