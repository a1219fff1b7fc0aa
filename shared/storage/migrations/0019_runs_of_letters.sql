-- Records that nobody can read, alike to the byte and one after another, are one letter: it stands for those up to `through`.
alter table dead_letters add column through bigint check (through > offset_);

create or replace view outbox as
select xid, position, 'fact' as kind, partition, key, body, trace,
       null::text as topic, null::bigint as offset_, null::bytea as raw_key, null::json as headers,
       null::text as reason, null::integer as attempt, null::bigint as through from facts
union all
select xid, position, 'heartbeat', partition, null, body, null, null, null, null, null, null, null, null from heartbeats
union all
select xid, position, 'dead_letter', partition, null, body, null, topic, offset_, key, headers, reason, attempt, through
from dead_letters where published;
