-- name: buyers
-- These customers as they were left.
select customer, partition, first_day, last_day, repeats, raised, alert, ahead, version from buyers
where customer = any($1::text[]);

-- name: watched
-- Everyone on these partitions who may still come to an alert: in the silence the clock is in, or in one ahead.
select customer, partition, first_day, last_day, repeats, raised, alert, ahead, version from buyers
where partition = any($1::int[]) and (not raised or ahead <> '{}') order by customer;

-- name: remember
-- As they are left now.
insert into buyers (customer, partition, first_day, last_day, repeats, raised, alert, ahead, version)
select customer, partition, first_day, last_day, repeats, raised, alert, ahead::date[], version from unnest(
    $1::text[], $2::int[], $3::date[], $4::date[], $5::int[], $6::bool[], $7::text[], $8::text[], $9::int[]
) as u(customer, partition, first_day, last_day, repeats, raised, alert, ahead, version)
on conflict (customer) do update set
    first_day = excluded.first_day, last_day = excluded.last_day, repeats = excluded.repeats,
    raised = excluded.raised, alert = excluded.alert, ahead = excluded.ahead, version = excluded.version;

-- name: days
-- All the days on which these customers bought.
select customer, array_agg(day order by day) as days from purchase_days
where customer = any($1::text[]) group by customer;

-- name: histories
-- Calibration data at a boundary and as it had been a week earlier, compressed: how many customers share it.
-- Only days before the boundary count, as far as they were heard of before the clock passed it.
select first, last, repeats, last_before, repeats_before, count(*)::int
from (select min(day) as first, max(day) as last, count(*)::int - 1 as repeats,
             max(day) filter (where day < $1::date - 7) as last_before,
             nullif(count(*) filter (where day < $1::date - 7), 0)::int - 1 as repeats_before
      from purchase_days
      where day < $1::date and (known is null or known < $1::date::timestamp at time zone 'UTC')
      group by customer) as buyer
group by 1, 2, 3, 4, 5;

-- name: judged
-- How far every partition has been judged.
select partition, through, week from judged;

-- name: judge
-- These partitions are judged further now.
insert into judged (partition, through, week) select * from unnest($1::int[], $2::date[], $3::int[])
on conflict (partition) do update set through = excluded.through, week = excluded.week;

-- name: versions
-- How often every partition has been changed.
select partition, version from versions;

-- name: claim
-- Partitions are changed only from where they were last seen; fewer rows than asked: somebody else was here.
insert into versions as v (partition, version)
select partition, seen + 1 from unnest($1::int[], $2::bigint[]) as u(partition, seen) order by partition
on conflict (partition) do update set version = excluded.version where v.version = excluded.version - 1;

-- name: released
-- Whom an operator released: they are judged anew.
select stream, partition from quarantined where released is not null and partition = any($1::int[]);

-- name: readmit
-- They are set aside no longer.
delete from quarantined where stream = any($1::text[]);

-- name: evidence
-- The purchases that a judgement rests on, oldest first, each with its place on the partition.
select customer, happened, id, trace, coalesce(offset_, -1) from timeline
where customer = any($1::text[]) and type = 'order.paid' order by customer, happened, id;
