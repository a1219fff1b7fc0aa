-- name: foreign
-- Facts of transactions that this server has yet to run: they were brought from another one.
select exists (select from facts where xid >= log_xid(pg_snapshot_xmax(pg_current_snapshot())));

-- name: next_xid
-- The transaction that this server runs next.
select log_xid(pg_snapshot_xmax(pg_current_snapshot()))::text;

-- name: stream
-- One stream between two versions, oldest first.
select version, type, body from facts
where stream = $1 and version > $2::bigint and version <= $3::bigint order by version limit $4::bigint;

-- name: stream_backwards
-- One stream between two versions, newest first.
select version, type, body from facts
where stream = $1 and version > $2::bigint and version <= $3::bigint order by version desc limit $4::bigint;

-- name: from_place
-- What begins at a place, in commit order, each with its rank in its transaction; facts of other types by their place
-- alone, so that who waits for a rare type need not read the log again. Nothing at or above the oldest running
-- transaction, whose rows may be missing.
select xid::text, rank, stream, version, type, case when wanted then body end as body
from (
    select xid, position, stream, version, type, body,
           $3::text[] = '{}' or type = any($3::text[]) as wanted,
           row_number() over (partition by xid order by position) - 1 as rank
    from facts
    where xid >= $1::text::xid8 and xid < log_xid(pg_snapshot_xmin(pg_current_snapshot()))
) as ranked
where (xid, rank) >= ($1::text::xid8, $2::bigint) order by ranked.xid, position limit $4::bigint;

-- name: newest
-- The last settled transaction that said anything, and its last fact's rank.
select xid::text, count(*) - 1 as rank from facts
where xid = (select xid from facts where xid < log_xid(pg_snapshot_xmin(pg_current_snapshot())) order by facts.xid desc limit 1)
group by xid;
