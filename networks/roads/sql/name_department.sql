-- Trigger before a section or a marker of a numbered road that names no Département: it gets the one where it lies.
-- Where none was found it is looked for anew once the road, the place or the communes change: nobody who notes a width is told
-- that the section is of somebody else's road by now.
create or replace function arpent.name_department() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    asked boolean := tg_op = 'INSERT';
begin
    if tg_op = 'UPDATE' then
        asked := old.department <> '' or new.route is distinct from old.route or not new.geom = old.geom;
    end if;
    if tg_op = 'UPDATE' and not asked and tg_table_name = 'road_section' then
        asked := (new.insee_left, new.insee_right) is distinct from (old.insee_left, old.insee_right);
    end if;
    if new.route is null or not asked then
        new.department := '';
    elsif tg_table_name = 'road_section' then
        new.department := coalesce(arpent.department_of(coalesce(new.insee_left, new.insee_right)),
            arpent.department_at(new.route, st_lineinterpolatepoint(new.geom, 0.5)));
    else
        new.department := arpent.department_at(new.route, new.geom);
    end if;
    return new;
end $$;
