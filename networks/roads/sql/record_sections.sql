-- Trigger of each statement on sections of road: those whose lines change are noted, with the lines before, until the
-- transaction ends; a row without a section rings then (arpent.follow_sections).
create or replace function arpent.record_sections() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    here constant bigint := pg_current_xact_id()::text::bigint;
    noted bigint;
begin
    if tg_op = 'INSERT' then
        insert into public.road_change (xact, section_id) select here, n.id from new_rows n;
    elsif tg_op = 'UPDATE' then
        insert into public.road_change (xact, section_id, geom) select here, o.id, o.geom from old_rows o
            join new_rows n using (id) where n.geom is distinct from o.geom;
    else
        insert into public.road_change (xact, section_id, geom) select here, o.id, o.geom from old_rows o;
    end if;
    get diagnostics noted = row_count;
    if noted > 0 and not exists (select from public.road_change c where c.xact = here and c.section_id is null) then
        insert into public.road_change (xact) values (here);
    end if;
    return null;
end $$;
