-- Nothing for SQLite, where one process at a time asks whose turn it is: see 0012.keys.postgres.sql.
select 1;
