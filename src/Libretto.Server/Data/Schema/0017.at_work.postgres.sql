-- One index of what is at work (jobs_same_work) and one of what waits (jobs_turns). With two of each, a statement planned while nothing was
-- at work or waited took the wrong one, which then had to be gone through from end to end, for each row anew.
drop index if exists jobs_at_work;
drop index if exists jobs_waiting;
