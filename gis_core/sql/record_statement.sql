-- Trigger: one event for a statement on a reference table (rows are replaced by the year's delivery, not edited), and for TRUNCATE.
create or replace function arpent.record_statement() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform arpent.current_event(lower(tg_op), tg_relid);
    return null;
end $$;
