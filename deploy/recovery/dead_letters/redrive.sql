-- name: open
-- Dead letters of which no later attempt is known and which nobody has asked to be heard again, in the order in which they
-- first came.
select topic, partition, offset_, attempt, for_all, reason, recorded,
       coalesce(octet_length(key), 0) + coalesce(octet_length(body), 0) + octet_length(headers::text) as size
from dead_letters d
where ($1::text is null or topic = $1) and ($2::int is null or partition = $2) and ($3::bigint is null or $3 between offset_ and coalesce(through, offset_))
  and ($4::text is null or reason ~ $4)
  and ($5::timestamptz is null or recorded >= $5) and ($6::timestamptz is null or recorded < $6)
  and not exists (select from redrives r
                  where (r.topic, r.partition, r.offset_, r.attempt) = (d.topic, d.partition, d.offset_, d.attempt))
  and not exists (select from dead_letters l
                  where (l.topic, l.partition, l.offset_) = (d.topic, d.partition, d.offset_) and l.attempt > d.attempt)
order by (select min(f.recorded) from dead_letters f
          where (f.topic, f.partition, f.offset_) = (d.topic, d.partition, d.offset_)), topic, partition, offset_;

-- name: bytes
-- These letters whole, when each first came, by which they are taken in whichever attempt, and for which stream.
select d.topic, d.partition, d.offset_, d.attempt, d.key, d.body, d.headers,
       (select min(f.recorded) from dead_letters f
        where (f.topic, f.partition, f.offset_) = (d.topic, d.partition, d.offset_)), d.stream from dead_letters d
join unnest($1::text[], $2::int[], $3::bigint[], $4::int[]) as u(topic, partition, offset_, attempt)
  on (d.topic, d.partition, d.offset_, d.attempt) = (u.topic, u.partition, u.offset_, u.attempt);

-- name: ask
-- To be heard again; who has been asked already is not asked twice.
insert into redrives (topic, partition, offset_, attempt, key, body, headers, recorded, stream, requested)
select *, $10::timestamptz from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bytea[], $6::bytea[],
                                       $7::json[], $8::timestamptz[], $9::text[])
on conflict do nothing;

-- name: outcomes
-- What became of one request so far; a null outcome waits.
select outcome, reason, count(*)::int as number from redrives where requested = $1 group by 1, 2;
