-- name: depth
-- How much waits to be published (counted to 10,000), and since how many seconds the oldest fact of it. Each is looked up by
-- itself: joined, the log was read from its beginning.
select count(*)::int, coalesce(extract(epoch from now() - min(waiting.recorded)), 0)::float8
from (select (select f.recorded from facts f where (f.xid, f.position) = (u.xid, u.position)) as recorded
      from unpublished u limit 10000) as waiting;

-- name: holder
-- Whose transaction hides rows of ours, if one does: the oldest on the server, in whatever database.
select s.oldest::text as xid, a.pid, a.datname, a.usename, a.application_name
from (select pg_snapshot_xmin(pg_current_snapshot()) as oldest) as s
left join pg_stat_activity a on a.backend_xid = s.oldest::xid
where exists (select from outbox where xid >= log_xid(s.oldest));

-- name: quarantined
-- Streams that were set aside, by category.
select split_part(stream, '-', 1) as category, count(*)::int, min(since) from quarantined
where released is null group by 1 order by 1;

-- name: backlog
-- Timers that their clock has passed and nobody has fired (counted to 10,000 a partition), along their index.
select coalesce(sum(waiting.count), 0)::int from watermarks w cross join lateral (
    select count(*) from (
        select from timers t where t.partition = w.partition and t.at <= w.watermark
        order by t.at, t.stream collate "C" limit 10000) as first
) as waiting;
