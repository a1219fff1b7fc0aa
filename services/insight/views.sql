-- name: tell
-- The timeline takes every event once; what comes back is what was new.
insert into timeline (customer, key, happened, known, recorded, topic, type, id, trace, partition, body)
select * from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                     $7::text[], $8::text[], $9::text[], $10::int[], $11::bytea[])
on conflict do nothing returning key;

-- name: progress
-- Progress merges in any order: earliest, latest, sums.
insert into journeys as j (customer, partition, first_seen, last_seen, purchases,
                           captured_at, qualified_at, joined_at, won_at, repeated_at)
select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::timestamptz[],
                     $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
on conflict (customer) do update set
    first_seen = least(j.first_seen, excluded.first_seen),
    last_seen = greatest(j.last_seen, excluded.last_seen),
    purchases = j.purchases + excluded.purchases,
    captured_at = least(j.captured_at, excluded.captured_at),
    qualified_at = least(j.qualified_at, excluded.qualified_at),
    joined_at = least(j.joined_at, excluded.joined_at),
    won_at = least(j.won_at, excluded.won_at),
    repeated_at = least(j.repeated_at, excluded.repeated_at);

-- name: spend
-- Money adds up.
insert into spending as s select * from unnest($1::text[], $2::text[], $3::bigint[])
on conflict (customer, currency) do update set amount = s.amount + excluded.amount;

-- name: buy
-- A day on which a customer bought counts once; what comes back is what was new.
insert into purchase_days (customer, day, known, partition)
select * from unnest($1::text[], $2::date[], $3::timestamptz[], $4::int[])
on conflict do nothing returning customer, day;
