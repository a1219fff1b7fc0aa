-- The field's own words: dead letters, heartbeats and timers, watermarks.
drop view unpublished;
drop view outbox;
alter table parked rename to dead_letters;
alter index parked_pkey rename to dead_letters_pkey;
alter index parked_in_commit_order rename to dead_letters_in_commit_order;
alter table pulses rename to heartbeats;
alter index pulses_pkey rename to heartbeats_pkey;
alter table dues rename to timers;
alter table timers rename column due to at;
alter index dues_pkey rename to timers_pkey;
alter index dues_in_time_order rename to timers_in_time_order;
alter table watermarks rename column reached to watermark;

-- All that is to be published, whatever its kind; the relay reads it in commit order.
create view outbox as
select xid, position, 'fact' as kind, partition, key, body, trace,
       null::text as topic, null::bigint as offset_, null::bytea as raw_key, null::json as headers,
       null::text as reason, null::integer as attempt from facts
union all
select xid, position, 'heartbeat', partition, null, body, null, null, null, null, null, null, null from heartbeats
union all
select xid, position, 'dead_letter', partition, null, body, null, topic, offset_, key, headers, reason, attempt
from dead_letters;

-- What the relay has not published yet. Its order makes an index find it, however long the log has grown.
create view unpublished as
select * from outbox
where (xid, position) > ((select xid from relay where name = 'outbox'),
                         (select position from relay where name = 'outbox'))
order by xid, position offset 0;

grant select on outbox, unpublished to :runtime;
