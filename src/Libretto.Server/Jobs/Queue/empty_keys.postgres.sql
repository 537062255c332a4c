-- Forgets the keys that nothing waits for any more. Each is locked first and looked at again then, by a statement that sees what was posted
-- meanwhile; whoever is just posting holds it, and it is passed over; whoever posts later waits, and finds that it is to be made anew.
do $$
declare
    empty record;
begin
    for empty in
        select * from waiting_keys keys
        where not exists (select from jobs where status = 'queued' and lane = keys.lane and key_id = keys.key_id
            and (takeovers > 2) = keys.suspicious and priority = keys.priority)
        for update skip locked
    loop
        delete from waiting_keys keys
        where lane = empty.lane and key_id = empty.key_id and suspicious = empty.suspicious and priority = empty.priority
            and not exists (select from jobs where status = 'queued' and lane = keys.lane and key_id = keys.key_id
                and (takeovers > 2) = keys.suspicious and priority = keys.priority);
    end loop;
end $$
