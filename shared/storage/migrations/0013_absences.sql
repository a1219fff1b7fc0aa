-- Whether a source's last word came after an absence: longer after the one before it than its lease.
alter table clocks add column absent boolean not null default false;
