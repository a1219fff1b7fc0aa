-- A source's lease: how long it may be silent, by the time the others tell, until the clock goes on without it.
alter table clocks add column lease interval not null default '2 days';
alter table clocks add column elapsed interval not null default '0';
alter table clocks add column expired boolean not null default false;
grant delete on clocks to :runtime;
