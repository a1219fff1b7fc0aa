-- name: lead
-- One relay at a time; the lock goes with the connection.
select pg_try_advisory_lock($1);

-- name: progress
-- Where the relay that leads stands, and whether anything waits for it: the first that is not published yet says it, found
-- along the index.
select r.xid::text, r.position, coalesce((
    select u.xid < log_xid(pg_snapshot_xmin(pg_current_snapshot())) from unpublished u limit 1
), false) as waits from relay r where r.name = 'outbox';

-- name: cursor
-- How far the log has been published.
select xid::text, position from relay where name = 'outbox';

-- name: after
-- What follows, in commit order: so many rows, and of those only what begins within so many bytes; nothing at or
-- above the oldest running transaction, whose rows may be missing.
select xid::text, position, kind, partition, key, body, trace,
       topic, offset_, raw_key, headers, reason, attempt, through, before
from (
    select *, coalesce(sum(coalesce(octet_length(body), 0) + coalesce(length(headers::text), 0))
              over (order by xid, position rows between unbounded preceding and 1 preceding), 0) as before
    from (
        select * from outbox
        where (xid, position) > ($1::text::xid8, $2::bigint)
          and xid < log_xid(pg_snapshot_xmin(pg_current_snapshot()))
        order by xid, position limit $3
    ) as rows
) as page
where before < $4
order by page.xid, position;

-- name: hidden
-- Is something written that a running transaction still hides?
select exists (select from unpublished);

-- name: keep
-- Remember how far.
insert into relay values ('outbox', $1::text::xid8, $2::bigint)
on conflict (name) do update set xid = excluded.xid, position = excluded.position;
