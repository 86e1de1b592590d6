-- A frozen sheet is neither changed nor removed, by whatever role.
create or replace function arpent.refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    raise exception using errcode = '55000', message = 'what is frozen is neither changed nor removed';
end $$;
