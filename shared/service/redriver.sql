-- name: partitions
-- On which of these partitions dead letters are to be heard again.
select distinct partition from redrives
where settled is null and topic = any($1::text[]) and partition = any($2::int[]) order by partition;

-- name: waiting
-- Those of one partition, with one of these keys or with none of them, in the order in which they were kept: so many at
-- most, and none that begins past so many bytes.
select topic, partition, offset_, attempt, key, body, headers, requested
from (select *, sum(size) over (order by recorded, topic, offset_, attempt) - size as before
      from (select *, coalesce(octet_length(key), 0) + coalesce(octet_length(body), 0) + octet_length(headers::text) as size
            from redrives where settled is null and topic = any($1::text[]) and partition = $2
              and (coalesce(key, '') = any($5::bytea[])) = $6
            order by recorded, topic, offset_, attempt limit $3) as first) as sized
where before < $4 order by recorded, topic, offset_, attempt;

-- name: settle
-- What became of them; a letter is settled once.
update redrives r set settled = now(), outcome = u.outcome, reason = u.reason
from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[], $6::text[])
     as u(topic, partition, offset_, attempt, outcome, reason)
where (r.topic, r.partition, r.offset_, r.attempt) = (u.topic, u.partition, u.offset_, u.attempt)
  and r.settled is null;
