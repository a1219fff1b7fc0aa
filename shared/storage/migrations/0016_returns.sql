-- Since when a source has spoken regularly: its first word after an absence, not only whether its last word was that.
alter table clocks drop column absent;
alter table clocks add column returned timestamptz;
