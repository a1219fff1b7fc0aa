-- Keys of events that were taken before a subject counted: whether there are any is asked with every batch.
create index inbox_without_subject on inbox (slot) where octet_length(key) = 16;
