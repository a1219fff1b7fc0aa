-- An offset means something in one log only: which cluster and topic a position counts in, once that is known.
alter table positions add column cluster text, add column topic_id text;

-- Where a position was set otherwise than by taking what came before: at a first opening past the log's beginning,
-- or by its owner's word. What lies between was not taken in that log.
create table position_gaps (
    topic       text        not null,
    partition   smallint    not null,
    from_offset bigint      not null,
    to_offset   bigint      not null,
    cluster     text,
    topic_id    text,
    reason      text        not null,
    recorded    timestamptz not null default now()
);

-- Which process was the last to call itself this instance: an earlier one must not go on beside it.
create table instances (
    instance text primary key,
    process  uuid not null
);

grant select, insert on position_gaps to :runtime;
grant select, insert, update on instances to :runtime;
