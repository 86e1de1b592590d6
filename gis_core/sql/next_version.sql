-- Trigger: a changed row gets the next version, whatever the writer sent (optimistic locking); a restored one goes on where it
-- was deleted.
create or replace function arpent.next_version() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    new.version := case tg_op when 'INSERT' then greatest(new.version, 1) else old.version + 1 end;
    return new;
end $$;
