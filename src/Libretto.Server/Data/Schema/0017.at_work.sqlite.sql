-- Nothing for SQLite, which has what it needs: see 0017.at_work.postgres.sql.
select 1;
