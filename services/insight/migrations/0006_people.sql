-- Many rules judge one customer: a row a customer holds what each rule keeps, instead of one rule's `buyers`. Whoever is
-- there is judged anew from the timeline when next touched: `shape` names the rules that a row was kept by, none so far.
-- `over`: when an alert that stands, and of which nobody knows what became, has come true.
create table people (
    customer  text        primary key,
    partition smallint    not null,
    through   timestamptz not null,
    state     bytea       not null,
    ahead     bytea,
    shape     text        not null,
    alert     text,
    version   integer     not null,
    over      timestamptz
);
create index people_by_partition on people (partition, customer);

insert into people (customer, partition, through, state, ahead, shape, version)
select customer, partition, '1800-01-01 00:00:00+00', '', null, '', 0 from journeys;

-- A partition is judged up to a moment, no longer to a morning.
create table frontiers (
    partition smallint    primary key,
    through   timestamptz not null,
    week      integer     not null
);
insert into frontiers (partition, through, week)
select partition, through::timestamp at time zone 'UTC', week from judged;

-- One alert speaks for all rules: its stream is the customer's, and so is its timer.
update timers set stream = 'alert-' || substr(stream, 9) where stream like 'silence-%';
update quarantined set stream = 'alert-' || substr(stream, 9) where stream like 'silence-%';

-- What fits of use are made of, summed a day. `heard` is the clock's day for what it had passed by then.
create table use_days (
    customer  text   not null,
    behaviour text   not null,
    day       date   not null,
    heard     date   not null,
    quantity  bigint not null,
    primary key (customer, behaviour, day, heard)
);

-- Who ended a subscription by wish, and how far the clock had come when we heard of it.
create table cancellations (
    customer text        not null,
    day      date        not null,
    known    timestamptz,
    primary key (customer, day)
);

-- Each payment with its moment, to be summed over a time.
create or replace view payments as
select customer, happened, known, paid ->> 'currency' as currency,
       case json_typeof(paid -> 'amount') when 'boolean' then (paid ->> 'amount')::boolean::int
       else (paid ->> 'amount')::numeric end as amount
from (select customer, happened, known, case when position('\u0000' in said) = 0 then said
                            else regexp_replace(said, '(?<!\\)((\\\\)*)\\u0000', '\1', 'g') end::json -> 'data' as paid
      from timeline, convert_from(body, 'UTF8') as said where type = 'order.paid') as purchases;

grant select, insert on use_days, cancellations to :runtime;
grant update on use_days to :runtime;
grant select, insert, update on people, frontiers to :runtime;
grant select on payments to :runtime;
