-- Until the transaction's end nobody else changes who belongs to a member: what is checked after this stays true.
create or replace function arpent.lock_people() returns void
language sql set search_path = pg_catalog as $$
    select pg_advisory_xact_lock(hashtextextended('arpent people', 0))
$$;
