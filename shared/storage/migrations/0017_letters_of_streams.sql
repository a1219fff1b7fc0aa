-- For which stream that was set aside a dead letter came, as its reason says (core/quarantine.py), and the position at
-- which its record was first kept, where this is a later attempt: once the stream is released they are asked for in
-- that order, each looked at once.
alter table dead_letters
    add column stream text generated always as (
        case when strpos(reason, ' is quarantined: ') > 0 then split_part(reason, ' is quarantined: ', 1) end) stored,
    add column first bigint;
update dead_letters d set first = (
    select min(f.position) from dead_letters f where (f.topic, f.partition, f.offset_) = (d.topic, d.partition, d.offset_)
) where attempt > 1;
create index dead_letters_of_streams on dead_letters (stream, coalesce(first, position)) where stream is not null;

-- How far that was since the stream was released.
alter table quarantined add column asked bigint;

-- Always along that index: a planner that guesses how many there are sorts all of them for each few.
create function letters_of(whose text, after bigint, most integer)
returns setof dead_letters language sql stable
set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
    select d.* from dead_letters d where d.stream = whose and coalesce(d.first, d.position) > after
    and not exists (select from dead_letters l
        where (l.topic, l.partition, l.offset_) = (d.topic, d.partition, d.offset_) and l.attempt > d.attempt)
    and not exists (select from redrives r
        where (r.topic, r.partition, r.offset_, r.attempt) = (d.topic, d.partition, d.offset_, d.attempt))
    order by coalesce(d.first, d.position) limit most
$$;

-- For which stream each letter came that is to be heard again: it waits for them.
alter table redrives add column stream text;
update redrives r set stream = d.stream from dead_letters d
where (r.topic, r.partition, r.offset_, r.attempt) = (d.topic, d.partition, d.offset_, d.attempt) and r.settled is null;
create index redrives_of_streams on redrives (stream) where settled is null and stream is not null;
