-- Insight's own tables: the timeline is the truth, the rest is folded from it. Idempotent.

-- Everything heard about a customer: when it happened, and how far the partition's clock stood when we knew.
create table if not exists timeline (
    customer  text        not null,
    key       uuid        not null,
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
    repeated_at  timestamptz,
    stage        text generated always as (
        case when repeated_at is not null then 'regular'
             when won_at is not null then 'customer'
             when joined_at is not null then 'user'
             when qualified_at is not null then 'qualified lead'
             when captured_at is not null then 'lead'
             else 'stranger' end) stored
);

-- What a customer has paid, per currency, in minor units.
create table if not exists spending (
    customer text   not null,
    currency text   not null,
    amount   bigint not null,
    primary key (customer, currency)
);

-- The open silence of every buyer, and the alert that stands on it (see churn/live.py). `behind` is set
-- while a purchase has been heard that the clock has not reached; `version` counts the alert facts.
create table if not exists silences (
    customer  text     primary key,
    partition smallint not null,
    first_day date     not null,
    last_day  date     not null,
    repeats   integer  not null,
    standing  uuid,
    behind    timestamptz,
    version   integer  not null
);
create index if not exists silences_open on silences (partition) where standing is null;

-- The days on which a customer bought, merged: what silence is judged and fitted by. `known` is how far
-- the partition's clock had come when we heard of it (null: it had not begun).
create table if not exists purchase_days (
    customer  text        not null,
    day       date        not null,
    known     timestamptz,
    partition smallint    not null,
    primary key (customer, day)
);
create index if not exists purchase_days_by_partition on purchase_days (partition);

-- How far each partition has been judged, and the week whose parameters it judges by.
create table if not exists judged (
    partition smallint    primary key,
    reached   timestamptz not null,
    week      integer     not null
);

grant select, insert on timeline, purchase_days to :runtime;
grant select, insert, update on journeys, spending, silences, judged to :runtime;
