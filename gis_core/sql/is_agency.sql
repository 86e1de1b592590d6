-- Whether the asker administers the whole platform.
create or replace function arpent.is_agency() returns boolean
language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
    return arpent.asked('agency') = 'on';
end $$;
