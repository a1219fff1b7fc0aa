-- Read along its indexes, dead letters too: a branch of a union that leaves rows out by itself has no order for the planner,
-- which sorted all letters that waited for each page of them. What is not to be published is left out behind the union.
create or replace view outbox as
select * from (
    select xid, position, 'fact' as kind, partition, key, body, trace,
           null::text as topic, null::bigint as offset_, null::bytea as raw_key, null::json as headers,
           null::text as reason, null::integer as attempt, null::bigint as through from facts
    union all
    select xid, position, 'heartbeat', partition, null, body, null, null, null, null, null, null, null, null from heartbeats
    union all
    select xid, position, case when published then 'dead_letter' end, partition, null, body, null,
           topic, offset_, key, headers, reason, attempt, through from dead_letters
) as rows
where kind is not null;
