-- One database and two roles per service: its owner holds the schema, its runtime may do only what the schema grants.
-- Run by provision.py for every service, section by section, as the server's administrator. Idempotent.
-- Placeholders are filled in as quoted names (:database, :owner, :runtime) and quoted texts (:owner_text, ...).

-- section: roles
do $$
begin
    if not exists (select from pg_roles where rolname = :owner_text) then
        create role :owner;
    end if;
    if not exists (select from pg_roles where rolname = :runtime_text) then
        create role :runtime;
    end if;
end
$$;
alter role :owner with login password :owner_password;
alter role :runtime with login nocreatedb nocreaterole password :runtime_password;
-- A transaction left open holds back every relay on the server.
alter role :runtime set idle_in_transaction_session_timeout = '30s';

-- section: database, when there is none of this name
create database :database owner :owner template template0 encoding 'UTF8';

-- section: doors
revoke all on database :database from public;
grant connect on database :database to :runtime;

-- section: inside the database
revoke all on schema public from public;
alter schema public owner to :owner;
grant usage on schema public to :runtime;
