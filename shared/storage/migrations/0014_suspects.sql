-- Streams that failed while too many did, so that none was set aside: an operator may do it. `seen` is when they
-- failed last; who is held tries again every second.
create table suspects (
    stream text        primary key,
    reason text        not null,
    seen   timestamptz not null
);
grant select, insert, update on suspects to :runtime;
