-- A customer is seen by what other systems say of them (topic `signals`): an alert, or what a stage made of it, is our own
-- doing. Null while only such has been heard, for topics come in any order.
alter table journeys alter column last_seen drop not null;
update journeys j set last_seen = (
    select max(t.happened) from timeline t where t.customer = j.customer and t.topic = 'signals');
