-- Timers are read a slice at a time in the order in which they fire: by bytes, whatever the database's collation.
drop index timers_in_time_order;
create index timers_in_time_order on timers (partition, at, stream collate "C");

-- Always along that index: a planner whose statistics are old sorts all of a million for each slice of them.
create function timers_due(place smallint, until timestamptz, most integer)
returns table (at timestamptz, stream text, partition smallint) language sql stable
set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off
as $$
    select t.at, t.stream, t.partition from timers t where t.partition = place and t.at <= until
    order by t.at, t.stream collate "C" limit most
$$;
