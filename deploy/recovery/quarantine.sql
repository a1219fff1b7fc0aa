-- name: aside
-- Who was set aside, the oldest first.
select stream, partition, version, at, since, reason, released from quarantined order by since, stream;

-- name: suspects
-- Who failed lately while too many did.
select stream, reason from suspects s where seen > now() - interval '1 minute'
and not exists (select from quarantined q where q.stream = s.stream) order by stream;

-- name: add
-- Set one aside with its timer, by hand.
with cleared as (delete from timers where stream = $1 returning at),
     known as (select coalesce(max(version), 0) as version, coalesce(min(partition), $2::int) as partition
               from facts where stream = $1)
insert into quarantined (stream, partition, at, version, reason, since)
select $1, partition, (select at from cleared), version, $3, now() from known
on conflict (stream) do update set reason = excluded.reason, released = null, at = coalesce(excluded.at, quarantined.at)
returning version;

-- name: release
-- Let those of these names go on whose reason has this text; who is released anew asks for all its letters.
update quarantined set asked = case when released is not null then asked end, released = coalesce(released, now())
where ($1::text[] is null or stream = any($1)) and strpos(reason, $2) > 0 returning stream;
