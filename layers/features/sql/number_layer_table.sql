-- New rows of a table made at run time are numbered as those of declared layers are (number_object). Safe to repeat.
create or replace function arpent.number_layer_table(target regclass) returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('create or replace trigger arpent_905_number before insert on %s for each row
        when (case pg_catalog.current_setting(''role'') when ''none'' then session_user::text
            else pg_catalog.current_setting(''role'') end = ''arpent_web'') execute function arpent.number_object()', target);
end $$;
revoke execute on function arpent.number_layer_table from public;
