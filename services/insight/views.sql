-- name: told
-- Which of these events the timeline holds already: each looked up by itself, however many rows are guessed.
select u.key from unnest($1::text[], $2::bytea[]) as u(customer, key)
where (select true from timeline t where (t.customer, t.key) = (u.customer, u.key));

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

-- name: buy
-- A day on which a customer bought counts once; what comes back is what was new.
insert into purchase_days (customer, day, known)
select * from unnest($1::text[], $2::date[], $3::timestamptz[])
on conflict do nothing returning customer, day;
