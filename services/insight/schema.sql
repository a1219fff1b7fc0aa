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

-- One row a customer: how far the journey has come (see journey.py).
create table if not exists journeys (
    customer   text        primary key,
    partition  smallint    not null,
    stage      text        not null,
    first_seen timestamptz not null,
    last_seen  timestamptz not null,
    purchases  integer     not null,
    spent      jsonb       not null,
    reached    jsonb       not null
);

-- The open silence of every buyer, and the alert that stands on it (see churn/live.py).
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
create index if not exists silences_by_partition on silences (partition);

-- How far each partition has been judged: it waits at a week's boundary for that week's parameters.
create table if not exists judged (
    partition smallint    primary key,
    reached   timestamptz not null
);

grant select, insert on timeline to :runtime;
grant select, insert, update on journeys, silences, judged to :runtime;
