-- Trigger: a changed row gets the next version, whatever the writer sent (optimistic locking).
create or replace function arpent.next_version() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    new.version := case tg_op when 'INSERT' then 1 else old.version + 1 end;
    return new;
end $$;
