-- Nothing for SQLite, which has no notices: see 0013.notices.postgres.sql.
select 1;
