-- Have imports keep what they replace in a table (keep_replaced). Where people change its rows, too (edited), imports note how
-- they left each one: what was changed since stays when they are taken back.
drop function if exists arpent.keep_table(regclass);
create or replace function arpent.keep_table(target regclass, edited boolean default false) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    given text := case when edited then '''edited''' else '' end;
begin
    execute format('create or replace trigger arpent_keep_insert after insert on %s
        referencing new table as new_rows for each statement execute function arpent.keep_replaced(%s)', target, given);
    execute format('create or replace trigger arpent_keep_update after update on %s
        referencing old table as old_rows new table as new_rows for each statement execute function arpent.keep_replaced(%s)',
        target, given);
    execute format('create or replace trigger arpent_keep_delete after delete on %s
        referencing old table as old_rows for each statement execute function arpent.keep_replaced(%s)', target, given);
end $$;
