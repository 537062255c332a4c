-- What the page adds to a song: when its user named it (then what its file says no longer counts), when it was put into the bin, the lines
-- heard so far while it is worked on, and the version of its words that a run works for, so that edits made meanwhile stay.
alter table jobs add column named_at timestamptz;
alter table jobs add column deleted_at timestamptz;
alter table jobs add column heard text;
alter table jobs add column base_version integer not null default 0;
