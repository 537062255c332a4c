-- How many songs wait and are in work in each lane, for whoever scales workers from outside (deploy/kubernetes). Its columns are a
-- contract.
create view libretto_queue as
select lanes.lane,
    count(*) filter (where jobs.status = 'queued' and (jobs.not_before is null or jobs.not_before <= now())) as waiting,
    count(*) filter (where jobs.status = 'running') as running,
    count(*) filter (where jobs.status = 'running' or (jobs.status = 'queued' and (jobs.not_before is null or jobs.not_before <= now())))
        as songs
from (values ('compute'), ('io')) as lanes (lane)
left join jobs on jobs.lane = lanes.lane and jobs.status in ('queued', 'running')
group by lanes.lane;
