-- Whether the recording holds a picture of its cover, so that lists need not look.
alter table jobs add column has_cover integer not null default 0;
