-- Dead letters go through again. What fails again is a new dead letter of the next attempt; nothing is deleted.
-- `for_all`: kept for every listener of the topic, none of whom could read it; else this service alone has not taken
-- it. Until now a service's own failures began with the name of an exception.
alter table dead_letters add column for_all boolean not null default false;
update dead_letters set for_all = reason !~ '^\w+: ';
alter table dead_letters drop constraint dead_letters_pkey;
alter table dead_letters add primary key (topic, partition, offset_, attempt);

-- Dead letters that an operator wants heard again, and what became of them; taken up in the order in which they were
-- kept. `settled` is null while they wait.
create table redrives (
    topic     text        not null,
    partition smallint    not null,
    offset_   bigint      not null,
    attempt   integer     not null,
    key       bytea,
    body      bytea,
    headers   json        not null,
    recorded  timestamptz not null,
    requested timestamptz not null,
    settled   timestamptz,
    outcome   text        check (outcome in ('applied', 'known', 'failed')),
    reason    text,
    primary key (topic, partition, offset_, attempt)
);
create index redrives_waiting on redrives (recorded, topic, partition, offset_) where settled is null;
create index redrives_by_request on redrives (requested);

grant select, insert on redrives to :runtime;
grant update (settled, outcome, reason) on redrives to :runtime;
