-- name: depth
-- How much waits to be published (counted to 10,000), and since how many seconds the oldest fact of it.
select count(*)::int, coalesce(extract(epoch from now() - min(waiting.recorded)), 0)::float8
from (select f.recorded from unpublished u left join facts f using (xid, position) limit 10000) as waiting;

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
-- Timers that their clock has passed and nobody has fired.
select count(*)::int from timers t join watermarks w on w.partition = t.partition and t.at <= w.watermark;
