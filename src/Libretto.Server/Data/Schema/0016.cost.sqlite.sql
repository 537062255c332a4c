-- What a job has cost, US dollars: for what a key has used. Older programs leave it alone, and their jobs count as free.
alter table jobs add column cost_usd real;
