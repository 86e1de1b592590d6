-- Have every statement on a table keep the former rows (record_rows): a trigger for each of insert, update and delete.
create or replace function arpent.record_history(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    execute format('create or replace trigger arpent_950_history_insert after insert on %s
        referencing new table as new_rows for each statement execute function arpent.record_rows()', target);
    execute format('create or replace trigger arpent_950_history_update after update on %s
        referencing old table as old_rows new table as new_rows for each statement execute function arpent.record_rows()', target);
    execute format('create or replace trigger arpent_950_history_delete after delete on %s
        referencing old table as old_rows for each statement execute function arpent.record_rows()', target);
end $$;
