-- Streams that went on after an operator released them, and why they had been set aside, in one word or another: who
-- fails for that again is set aside again, as it was, and counts for nothing.
create table released (
    stream  text        primary key,
    reasons text[]      not null,
    since   timestamptz not null default now()
);
grant select, insert, update on released to :runtime;
