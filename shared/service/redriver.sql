-- name: waiting
-- Dead letters to be heard again on these partitions, in the order in which they were kept.
select topic, partition, offset_, attempt, key, body, headers, requested from redrives
where settled is null and topic = any($1::text[]) and partition = any($2::int[])
order by recorded, topic, partition, offset_ limit $3;

-- name: settle
-- What became of them; a letter is settled once.
update redrives r set settled = now(), outcome = u.outcome, reason = u.reason
from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[], $6::text[])
     as u(topic, partition, offset_, attempt, outcome, reason)
where (r.topic, r.partition, r.offset_, r.attempt) = (u.topic, u.partition, u.offset_, u.attempt)
  and r.settled is null;
