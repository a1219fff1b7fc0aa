-- name: told
-- Which of these events the timeline holds already: each looked up by itself, however many rows are guessed.
select u.customer, u.key from unnest($1::text[], $2::bytea[]) as u(customer, key)
where (select true from timeline t where (t.customer, t.key) = (u.customer, u.key));

-- name: progress
-- Progress merges in any order: earliest, latest, sums.
insert into journeys as j (customer, partition, first_seen, last_seen, purchases)
select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::int[])
on conflict (customer) do update set
    first_seen = least(j.first_seen, excluded.first_seen),
    last_seen = greatest(j.last_seen, excluded.last_seen),
    purchases = j.purchases + excluded.purchases;

-- name: reach
-- Milestones of journeys that are there: the earliest counts.
update journeys j set
    captured_at = least(j.captured_at, u.captured_at),
    qualified_at = least(j.qualified_at, u.qualified_at),
    joined_at = least(j.joined_at, u.joined_at),
    won_at = least(j.won_at, u.won_at),
    repeated_at = least(j.repeated_at, u.repeated_at)
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
            $6::timestamptz[]) as u(customer, captured_at, qualified_at, joined_at, won_at, repeated_at)
where j.customer = u.customer;

-- name: buy
-- A day on which a customer bought counts once.
insert into purchase_days (customer, day, known)
select * from unnest($1::text[], $2::date[], $3::timestamptz[])
on conflict do nothing;

-- name: end
-- So does a day on which a subscription was ended.
insert into cancellations (customer, day, known)
select * from unnest($1::text[], $2::date[], $3::timestamptz[])
on conflict do nothing;

-- name: use
-- Use adds up over the day.
insert into use_days as d (customer, behaviour, day, heard, quantity)
select * from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::bigint[])
on conflict (customer, behaviour, day, heard) do update set quantity = d.quantity + excluded.quantity;
