-- Where each event lay on its partition: of two of one moment it says which came first, however batches were cut.
alter table timeline add column offset_ bigint;
