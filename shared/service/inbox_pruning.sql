-- name: stale
-- The slot of the coming period, when it holds something.
select slot from inbox where slot = inbox_slot(now() + interval '30 days') limit 1;
