-- The view libretto_queue is PostgreSQL's: with SQLite there is one machine, and nothing to scale.
select 1;
