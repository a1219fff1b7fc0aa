-- The tables of a house made before migrations were numbered, and something in each: an upgrade loses none of it.
-- The kernel's tables, the same in every service's database. Idempotent; applied by the owner role.

-- Every fact this service decided, append-only; `body` is the published event, byte for byte.
create sequence if not exists outbox_position;
create table if not exists facts (
    position  bigint      not null default nextval('outbox_position'),
    xid       xid8        not null default pg_current_xact_id(),
    stream    text        not null,
    version   integer     not null check (version > 0),
    id        uuid        not null,
    type      text        not null,
    partition smallint    not null,
    key       text,
    happened  timestamptz not null,
    recorded  timestamptz not null,
    cause     bytea,
    trace     text,
    body      bytea       not null,
    primary key (stream, version)
);
create index if not exists facts_in_commit_order on facts (xid, position);

-- What could not be taken, with its bytes, its place and the reason: nothing is lost.
create table if not exists parked (
    position     bigint      not null default nextval('outbox_position'),
    xid          xid8        not null default pg_current_xact_id(),
    topic        text        not null,
    partition    smallint    not null,
    offset_      bigint      not null,
    key          bytea,
    body         bytea,
    headers      json        not null,
    reason       text        not null,
    attempt      integer     not null default 1,
    recorded     timestamptz not null,
    primary key (topic, partition, offset_)
);
create index if not exists parked_in_commit_order on parked (xid, position);

-- How far this service has spoken, per partition: its own heartbeat, replaced by the next one.
create table if not exists pulses (
    position  bigint   not null default nextval('outbox_position'),
    xid       xid8     not null default pg_current_xact_id(),
    partition smallint primary key,
    body      bytea    not null
);

-- How far the relay has published, in commit order.
create table if not exists relay (
    name     text   primary key,
    xid      xid8   not null,
    position bigint not null
);
insert into relay values ('outbox', '0', 0) on conflict do nothing;

-- The next offset to take, per partition: the truth that Kafka's committed offsets only hint at.
create table if not exists positions (
    topic       text     not null,
    partition   smallint not null,
    next_offset bigint   not null,
    primary key (topic, partition)
);

-- Events already taken, by (source, id): a producer's duplicate arrives at a new offset.
create table if not exists inbox (
    key bytea primary key
);

-- What each source has vouched for on each partition.
create table if not exists clocks (
    partition smallint    not null,
    source    text        not null,
    seen      timestamptz not null,
    lateness  interval    not null,
    closed    boolean     not null,
    primary key (partition, source)
);

-- The moment up to which everything on a partition has been heard; it never goes back.
create table if not exists watermarks (
    partition smallint    primary key,
    reached   timestamptz not null
);

-- The next moment at which time alone would make a stream speak.
create table if not exists dues (
    stream    text        primary key,
    partition smallint    not null,
    due       timestamptz not null
);
create index if not exists dues_in_time_order on dues (partition, due, stream);

grant select, insert on facts, parked, inbox to :runtime;
grant select, insert, update on pulses, relay, positions, clocks, watermarks to :runtime;
grant select, insert, update, delete on dues to :runtime;
grant usage on sequence outbox_position to :runtime;

-- All that is to be published, whatever its kind; the relay reads it in commit order.
create or replace view outbox as
select xid, position, 'fact' as kind, partition, key, body, trace,
       null::text as topic, null::bigint as offset_, null::bytea as raw_key, null::json as headers,
       null::text as reason, null::integer as attempt from facts
union all
select xid, position, 'pulse', partition, null, body, null, null, null, null, null, null, null from pulses
union all
select xid, position, 'parked', partition, null, body, null, topic, offset_, key, headers, reason, attempt
from parked;

-- What the relay has not published yet. Its order makes an index find it, however long the log has grown.
create or replace view unpublished as
select * from outbox
where (xid, position) > ((select xid from relay where name = 'outbox'),
                         (select position from relay where name = 'outbox'))
order by xid, position offset 0;

grant select on outbox, unpublished to :runtime;
-- Insight's own tables: the timeline is the truth, the rest is folded from it. Idempotent.

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

insert into facts (stream, version, id, type, partition, key, happened, recorded, body)
values ('lead-anna', 1, '00000000-0000-5000-8000-000000000001', 'acquisition.lead_captured', 3, 'anna',
        '2026-01-01Z', '2026-01-01Z', '{}');
insert into parked (topic, partition, offset_, key, body, headers, reason, recorded)
values ('signals', 3, 7, null, '\xff', '[]', 'not JSON', '2026-01-01Z');
insert into pulses (partition, body) values (3, '{}');
insert into positions values ('signals', 3, 8);
insert into inbox values ('\x00112233445566778899aabbccddeeff');
insert into clocks values (3, '/shop', '2026-01-02Z', '1 day', false);
insert into watermarks values (3, '2026-01-01Z');
insert into dues values ('lead-anna', 3, '2026-04-01Z');
