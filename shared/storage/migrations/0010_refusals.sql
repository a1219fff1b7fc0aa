-- Records that an operator has given up (`evergreen refuse`): they become dead letters when nothing else says whose fault
-- their failure is.
create table refusals (
    topic     text        not null,
    partition smallint    not null,
    offset_   bigint      not null,
    requested timestamptz not null default now(),
    primary key (topic, partition, offset_)
);
grant select, insert on refusals to :runtime;
