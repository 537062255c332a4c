-- Nothing for SQLite, which has no notices: see 0015.notices.postgres.sql.
select 1;
