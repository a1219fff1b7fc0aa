-- name: lead
-- One relay at a time; the lock goes with the connection.
select pg_try_advisory_lock($1);

-- name: cursor
-- How far the log has been published.
select xid::text, position from relay where name = 'outbox';

-- name: after
-- What follows, in commit order; nothing at or above the oldest running transaction, whose rows may be missing.
select xid::text, position, kind, partition, key, body, trace, topic, offset_, raw_key, headers, reason, attempt
from outbox
where (xid, position) > ($1::text::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
order by outbox.xid, position limit $3;

-- name: hidden
-- Is something written that a running transaction still hides?
select exists (select from unpublished);

-- name: keep
-- Remember how far.
insert into relay values ('outbox', $1::text::xid8, $2::bigint)
on conflict (name) do update set xid = excluded.xid, position = excluded.position;
