-- jobs_same_work holds the same rows. With both, a claim that was planned while nothing was at work went through all that is, for each
-- key, instead of looking one piece of work up.
drop index if exists jobs_at_work;
