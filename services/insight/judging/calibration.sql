-- name: buyers
-- How many there are.
select count(*) from journeys;

-- name: bought
-- The days before a boundary on which each customer of a sample bought, as far as they were heard of before the clock
-- passed it. Days as date.toordinal counts.
select customer, array_agg(day - date '0001-01-01' + 1 order by day) as days from purchase_days
where day < $1::date and (known is null or known < $2) and abs(hashtextextended(customer, 0) % $3) = 0
group by customer order by customer;

-- name: used
-- The same of use, summed a week.
select customer, behaviour, (day - $3::date) / 7 as week, sum(quantity)::bigint as quantity from use_days
where day < $1::date and heard < $1::date and abs(hashtextextended(customer, 0) % $2) = 0
group by 1, 2, 3 order by behaviour, customer, week;

-- name: ended
-- The same of subscriptions that were ended by wish: the last day of each customer.
select customer, max(day) - date '0001-01-01' + 1 as day from cancellations
where day < $1::date and (known is null or known < $2) and abs(hashtextextended(customer, 0) % $3) = 0
group by customer;
