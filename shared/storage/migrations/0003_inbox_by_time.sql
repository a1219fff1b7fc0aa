-- What was taken is remembered for a stated time, not for ever: four slots of thirty days, in turn. A duplicate can
-- come from Kafka as long as a topic keeps it (thirty days) and from a sender who tries again; the two periods before
-- the current one are always kept, the slot of the next period is emptied ahead of it (inbox_pruning.py).
create function inbox_slot(moment timestamptz) returns smallint language sql immutable parallel safe
return (floor(extract(epoch from moment) / 2592000)::bigint % 4)::smallint;

alter table inbox rename to inbox_before;
alter index inbox_pkey rename to inbox_before_pkey;

create table inbox (
    slot smallint not null default inbox_slot(now()),
    key  bytea    not null,
    primary key (key, slot)
) partition by list (slot);
create table inbox_0 partition of inbox for values in (0);
create table inbox_1 partition of inbox for values in (1);
create table inbox_2 partition of inbox for values in (2);
create table inbox_3 partition of inbox for values in (3);

insert into inbox (key) select key from inbox_before;
drop table inbox_before;

grant select, insert on inbox to :runtime;
grant select, truncate on inbox_0, inbox_1, inbox_2, inbox_3 to :runtime;
