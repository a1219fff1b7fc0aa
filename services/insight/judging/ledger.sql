-- name: people
-- These customers as they were left.
select customer, partition, through, state, ahead, shape, version, alert, over from people
where customer = any($1::text[]);

-- name: watched
-- A page of everyone on a partition.
select customer, partition, through, state, ahead, shape, version, alert, over from people
where partition = $1 and customer > $2 order by customer limit $3;

-- name: remember
-- As they are left now.
insert into people (customer, partition, through, state, ahead, shape, version, alert, over)
select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::text[], $7::int[],
                     $8::text[], $9::timestamptz[])
on conflict (customer) do update set
    through = excluded.through, state = excluded.state, ahead = excluded.ahead, shape = excluded.shape,
    version = excluded.version, alert = excluded.alert, over = excluded.over;

-- name: answered
-- Of these customers more was said, and nothing was judged.
update people p set version = u.version, over = u.over
from unnest($1::text[], $2::int[], $3::timestamptz[]) as u(customer, version, over) where p.customer = u.customer;

-- name: heard
-- All that these customers did that a rule hears.
select customer, known, topic, body from timeline where customer = any($1::text[]) and type = any($2::text[]);

-- name: told
-- What was said of these customers.
select stream, body from facts where stream = any($1::text[]) order by stream, version;

-- name: frontiers
-- How far every partition has been judged.
select partition, through, week from frontiers;

-- name: advance
-- These partitions are judged further now.
insert into frontiers (partition, through, week) select * from unnest($1::int[], $2::timestamptz[], $3::int[])
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
-- For each question the newest events of these types that had happened before a moment and were known at another, the
-- newest first.
select q.place, e.* from unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
    as q(place, customer, before, at, types),
    lateral (select t.happened, t.id, t.key, t.trace from timeline t
             where t.customer = q.customer and t.type = any(string_to_array(q.types, ',')) and t.happened < q.before
               and (t.known is null or t.known <= q.at or t.known <= t.happened)
             order by t.happened desc, t.id desc limit $6) as e;

-- name: paid
-- For each question what had been paid within a year before a moment, by currency, the most first.
select q.place, p.currency, sum(p.amount)::numeric as amount
from unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as q(place, customer, before, at), payments p
where p.customer = q.customer and p.happened < q.before and p.happened >= q.before - interval '365 days'
  and (p.known is null or p.known <= q.at or p.known <= p.happened)
group by 1, 2 order by 1, 3 desc, 2;
