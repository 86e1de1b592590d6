-- Have imports keep what they replace in a table (keep_replaced) that nobody else changes; where people do, an app declares
-- the same with more to note (kept_by_imports).
drop function if exists arpent.keep_table(regclass, boolean);
create or replace function arpent.keep_table(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    execute format('create or replace trigger arpent_960_keep_insert after insert on %s
        referencing new table as new_rows for each statement execute function arpent.keep_replaced()', target);
    execute format('create or replace trigger arpent_960_keep_update after update on %s
        referencing old table as old_rows new table as new_rows for each statement execute function arpent.keep_replaced()', target);
    execute format('create or replace trigger arpent_960_keep_delete after delete on %s
        referencing old table as old_rows for each statement execute function arpent.keep_replaced()', target);
end $$;
