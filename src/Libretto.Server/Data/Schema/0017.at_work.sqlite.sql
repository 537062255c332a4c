-- Nothing for SQLite, which never had that index: see 0017.at_work.postgres.sql.
select 1;
