-- A record that every listener of a topic keeps is published by one of them.
alter table dead_letters add column published boolean not null default true;

create or replace view outbox as
select xid, position, 'fact' as kind, partition, key, body, trace,
       null::text as topic, null::bigint as offset_, null::bytea as raw_key, null::json as headers,
       null::text as reason, null::integer as attempt from facts
union all
select xid, position, 'heartbeat', partition, null, body, null, null, null, null, null, null, null from heartbeats
union all
select xid, position, 'dead_letter', partition, null, body, null, topic, offset_, key, headers, reason, attempt
from dead_letters where published;
