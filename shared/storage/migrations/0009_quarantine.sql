-- Streams whose own rules fail: they are set aside, with their timer, until a release mends them.
create table quarantined (
    stream    text        primary key,
    partition smallint    not null,
    at        timestamptz,
    version   integer     not null,
    reason    text        not null,
    since     timestamptz not null
);
grant select, insert on quarantined to :runtime;
