-- A stream that an operator released goes on once its service has seen it, which then takes the row away.
alter table quarantined add column released timestamptz;
grant update, delete on quarantined to :runtime;
