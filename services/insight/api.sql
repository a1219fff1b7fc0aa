-- name: judged
-- How far the world of this customer is judged; no row: we have never heard of them.
select j.first_seen, f.through from journeys j left join frontiers f using (partition) where j.customer = $1;

-- name: timeline
-- Everything heard of a customer.
select topic, body, recorded, known from timeline where customer = $1 order by happened, key;

-- name: facts
-- What insight itself said: a customer's alerts, what the weeks taught.
select body, recorded from facts where stream = $1 order by version;

-- name: neighbours
-- Who stands next to this name in the register.
(select customer from journeys where customer >= $1 order by customer limit 5)
union all
(select customer from journeys where customer < $1 order by customer desc limit 5);
