-- A job that works on a passage of another job's song.
alter table jobs add column part_of text;

create index jobs_parts on jobs (part_of) where part_of is not null;
