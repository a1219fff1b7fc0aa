-- The same two tables for every peer that keeps them in PostgreSQL; a repeated delivery changes nothing.
create table timeline (
    customer text        not null,
    source   text        not null,
    id       text        not null,
    happened timestamptz not null,
    type     text        not null,
    body     bytea       not null,
    primary key (customer, source, id)
);
create table state (
    customer  text        primary key,
    purchases integer     not null,
    spent     bigint      not null,
    last_seen timestamptz not null
);
create table offsets (
    partition   smallint primary key,
    next_offset bigint   not null
);
