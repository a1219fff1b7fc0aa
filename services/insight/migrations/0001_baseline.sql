-- Insight's own tables: the timeline is the truth, the rest is folded from it. Idempotent, as the kernel's first.

-- Everything heard about a customer: when it happened, and how far the partition's clock stood when we knew.
create table if not exists timeline (
    customer  text        not null,
    key       bytea       not null,
    happened  timestamptz not null,
    known     timestamptz,
    recorded  timestamptz not null,
    topic     text        not null,
    type      text        not null,
    id        text        not null,
    trace     text,
    partition smallint    not null,
    body      bytea       not null,
    primary key (customer, key)
);

-- One row a customer: how far the journey has come. Every column merges in any order (see journey.py).
create table if not exists journeys (
    customer     text        primary key,
    partition    smallint    not null,
    first_seen   timestamptz not null,
    last_seen    timestamptz not null,
    purchases    integer     not null,
    captured_at  timestamptz,
    qualified_at timestamptz,
    joined_at    timestamptz,
    won_at       timestamptz,
    repeated_at  timestamptz
);

-- The furthest stage of each journey. A stored column would be computed at every purchase.
create or replace view stages as
select customer, case
    when repeated_at is not null then 'regular'
    when won_at is not null then 'customer'
    when joined_at is not null then 'user'
    when qualified_at is not null then 'qualified lead'
    when captured_at is not null then 'lead'
    else 'stranger' end as stage
from journeys;

-- What a customer has paid, per currency, in minor units: asked seldom, so folded when asked.
create or replace view spending as
select customer, paid ->> 'currency' as currency, sum((paid ->> 'amount')::bigint)::bigint as amount
from (select customer, convert_from(body, 'UTF8')::json -> 'data' as paid from timeline where type = 'order.paid')
     as purchases
group by 1, 2;

-- Every buyer carried forward to where the partition is judged (see churn/live.py): the silence the clock is
-- in (null before the first purchase), the alert that stands on it, the purchase days still ahead of the clock.
-- `version` counts the alert facts.
create table if not exists buyers (
    customer  text     primary key,
    partition smallint not null,
    first_day date,
    last_day  date,
    repeats   integer  not null,
    raised    boolean  not null,
    alert     text,
    ahead     date[]   not null,
    version   integer  not null
);

-- The days on which a customer bought, merged: what silence is judged and fitted by. `known` is how far
-- the partition's clock had come when we heard of it (null: it had not begun).
create table if not exists purchase_days (
    customer  text        not null,
    day       date        not null,
    known     timestamptz,
    primary key (customer, day)
);

-- Every morning up to `through` has been judged on this partition; the coming ones are, by `week`.
create table if not exists judged (
    partition smallint    primary key,
    through   date        not null,
    week      integer     not null,
    reached   timestamptz generated always as (through::timestamp at time zone 'UTC') stored
);

-- A partition is one world: whoever changes it moves its version, and is refused when somebody else has.
create table if not exists versions (
    partition smallint primary key,
    version   bigint   not null
);

grant select, insert on timeline, purchase_days to :runtime;
grant select, insert, update on journeys, buyers, judged, versions to :runtime;
grant select on spending, stages to :runtime;
