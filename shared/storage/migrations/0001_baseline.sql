-- The kernel's tables, the same in every service's database. Idempotent, so that a database made before
-- migrations were numbered is taken up where it stands.

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
