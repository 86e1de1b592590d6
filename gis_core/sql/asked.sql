-- One setting of who is asking; its absence is an error (AR001), never "no rows".
create or replace function arpent.asked(setting text) returns text
language plpgsql stable parallel safe set search_path = pg_catalog as $$
declare
    found text := current_setting('arpent.' || setting, true);
begin
    if found is null or found = '' then
        raise exception using errcode = 'AR001', message = 'nobody is asking: arpent.' || setting || ' is not set in this transaction';
    end if;
    return found;
end $$;
