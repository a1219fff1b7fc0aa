-- name: bodies
-- The facts of a whole batch of streams, oldest first.
select stream, body from facts where stream = any($1::text[]) order by stream, version;

-- name: seen
-- Which events were taken before; the old keys that name no subject are asked for only while there are any.
select key from inbox where key = any($1::bytea[])
union all
select asked.key from unnest($1::bytea[]) as asked(key) join inbox old on old.key = substring(asked.key for 16)
where exists (select from inbox where octet_length(key) = 16);

-- name: refused
-- Was this record given up by an operator?
select 1 from refusals where (topic, partition, offset_) = ($1, $2::int, $3);

-- name: timers
-- The first of what is due on each partition, in the order in which it speaks.
select due.at, due.stream, due.partition from unnest($1::smallint[], $2::timestamptz[]) as u(partition, until)
cross join lateral timers_due(u.partition, u.until, $3) as due order by due.at, due.stream collate "C";

-- name: positions_open
-- New partitions begin there, which is a gap when it is not 0; an old one learns the log that it counts in, once, and
-- keeps its offset.
with asked as (
    select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[])
        as u(topic, partition, next_offset, cluster, topic_id)
), late as (
    insert into position_gaps (topic, partition, from_offset, to_offset, cluster, topic_id, reason)
    select topic, partition, 0, next_offset, cluster, topic_id, 'the log began there at the first start'
    from asked where next_offset > 0 and not exists (
        select from positions p where (p.topic, p.partition) = (asked.topic, asked.partition))
)
insert into positions (topic, partition, next_offset, cluster, topic_id) select * from asked order by 1, 2
on conflict (topic, partition) do update
set cluster = coalesce(positions.cluster, excluded.cluster),
    topic_id = coalesce(positions.topic_id, excluded.topic_id);

-- name: positions
-- The next offset to take, and in which log.
select p.topic, p.partition, p.next_offset, p.cluster, p.topic_id from positions p
join unnest($1::text[], $2::int[]) as u(topic, partition) on (p.topic, p.partition) = (u.topic, u.partition);

-- name: register
-- The last process to take a name has it.
insert into instances values ($1, $2) on conflict (instance) do update set process = excluded.process;

-- name: registered
-- Who has it.
select process from instances where instance = $1;

-- name: clocks
-- What every source vouched for.
select partition, source, seen, lateness, closed, lease, elapsed, expired, returned
from clocks where partition = any($1::int[]);

-- name: watermarks
-- How far each partition's clock has come.
select partition, watermark from watermarks where partition = any($1::int[]);

-- name: fence
-- Positions move only from where this batch began; fewer rows than asked means somebody else moved them.
update positions p set next_offset = u.after
from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as u(topic, partition, before, after)
where (p.topic, p.partition, p.next_offset) = (u.topic, u.partition, u.before);

-- name: timer_set
-- The moment at which a stream speaks next.
insert into timers (stream, partition, at) select * from unnest($1::text[], $2::int[], $3::timestamptz[])
on conflict (stream) do update set at = excluded.at, partition = excluded.partition;

-- name: timer_clear
-- Time alone means nothing to these streams any more.
delete from timers where stream = any($1::text[]);

-- name: clock_set
-- What sources vouch for now.
insert into clocks (partition, source, seen, lateness, closed, lease, elapsed, expired, returned)
select * from unnest($1::int[], $2::text[], $3::timestamptz[], $4::interval[], $5::bool[], $6::interval[],
                     $7::interval[], $8::bool[], $9::timestamptz[])
on conflict (partition, source) do update
set seen = excluded.seen, lateness = excluded.lateness, closed = excluded.closed, lease = excluded.lease,
    elapsed = excluded.elapsed, expired = excluded.expired, returned = excluded.returned;

-- name: clock_clear
-- These sources closed so long ago that they say nothing any more.
delete from clocks c using unnest($1::int[], $2::text[]) as u(partition, source)
where (c.partition, c.source) = (u.partition, u.source);

-- name: watermark_set
-- How far the clock has come now.
insert into watermarks select * from unnest($1::int[], $2::timestamptz[])
on conflict (partition) do update set watermark = excluded.watermark;

-- name: dead_letter
-- A record that failed twice in one attempt is one dead letter.
insert into dead_letters (topic, partition, offset_, key, body, headers, reason, recorded, attempt, for_all, published, through, first)
select *, case when attempt > 1 then (select min(f.position) from dead_letters f
    where (f.topic, f.partition, f.offset_) = (u.topic, u.partition, u.offset_)) end
from unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[], $6::json[],
            $7::text[], $8::timestamptz[], $9::int[], $10::bool[], $11::bool[], $12::bigint[])
     as u(topic, partition, offset_, key, body, headers, reason, recorded, attempt, for_all, published, through)
on conflict do nothing;

-- name: heartbeat
-- This service's own heartbeat: the newest replaces the one before, after the facts of its transaction.
insert into heartbeats (partition, body) select * from unnest($1::int[], $2::bytea[])
on conflict (partition) do update
set body = excluded.body, position = excluded.position, xid = excluded.xid;

-- name: quarantined
-- Streams that were set aside.
select stream, reason from quarantined where partition = any($1::int[]);

-- name: released
-- Those of them that were released.
select stream from quarantined where released is not null and partition = any($1::int[]);

-- name: released_from
-- Why these streams had been set aside when they last went on.
select stream, reasons from released where stream = any($1::text[]);

-- name: ask_again
-- Dead letters that came for these released streams are asked for again, in the order in which they first came: so many at
-- most, none of a stream that waits for some already, and each from where the last were.
with chosen as materialized (
    select q.stream as whose, q.released, coalesce(d.first, d.position) as came, d.*
    from unnest($1::text[], $2::text[]) as u(stream, letters) join quarantined q using (stream)
    cross join lateral letters_of(u.letters, coalesce(q.asked, 0), $3::int) as d
    where q.released is not null
    and not exists (select from redrives r where r.stream = u.letters and r.settled is null)
    order by came limit $3
), reached as (
    update quarantined q set asked = c.came from (select whose, max(came) as came from chosen group by whose) as c
    where q.stream = c.whose
)
insert into redrives (topic, partition, offset_, attempt, key, body, headers, recorded, requested, stream)
select topic, partition, offset_, attempt, key, body, headers, (select min(f.recorded) from dead_letters f
    where (f.topic, f.partition, f.offset_) = (c.topic, c.partition, c.offset_)), released, stream from chosen c
on conflict do nothing returning 1;

-- name: go_on
-- Of these streams, those that were released and wait for no dead letter of their own, whoever asked for it, each with
-- the timer that it had; why it was set aside is remembered, also what lay behind an operator's word.
with gone as (delete from quarantined q using unnest($1::text[], $2::text[]) as u(stream, letters)
              where q.stream = u.stream and q.released is not null
              and not exists (select from redrives r where r.stream = u.letters and r.settled is null)
              returning q.stream, q.partition, q.at, q.reason),
known as (insert into released (stream, reasons)
          select g.stream, array[g.reason] || (select array_agg(s.reason) from suspects s where s.stream = g.stream) from gone g
          on conflict (stream) do update set reasons = excluded.reasons, since = excluded.since)
insert into timers (stream, partition, at) select stream, partition, at from gone where at is not null
on conflict do nothing;

-- name: quarantine
-- Set these streams aside, with the timer that each had; also one that was released, again.
with cleared as (delete from timers where stream = any($1::text[]) returning stream, at)
insert into quarantined (stream, partition, at, version, reason, since)
select u.stream, u.partition, coalesce(u.at, cleared.at), u.version, u.reason, u.since
from unnest($1::text[], $2::int[], $3::timestamptz[], $4::int[], $5::text[], $6::timestamptz[])
     as u(stream, partition, at, version, reason, since)
left join cleared using (stream)
on conflict (stream) do update set at = coalesce(excluded.at, quarantined.at), reason = excluded.reason,
    version = greatest(excluded.version, quarantined.version), released = null;
