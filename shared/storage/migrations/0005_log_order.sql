-- The log is ordered by transaction ids, which another server counts anew: `log_xid` says where a transaction
-- of this server stands in the log. `evergreen rebase` shifts it once the log was restored on a server that is
-- behind it, so that what is decided from then on follows all that is there; no row is changed.
create function log_xid(xid8) returns xid8 language sql stable as 'select $1';
alter table facts alter column xid set default log_xid(pg_current_xact_id());
alter table dead_letters alter column xid set default log_xid(pg_current_xact_id());
alter table heartbeats alter column xid set default log_xid(pg_current_xact_id());
