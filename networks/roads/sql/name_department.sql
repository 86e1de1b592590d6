-- Trigger before a section or a marker of a numbered road that names no Département: it gets the one where it lies.
create or replace function arpent.name_department() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
begin
    if new.route is null then
        new.department := '';
    elsif tg_table_name = 'road_section' then
        new.department := coalesce(arpent.department_of(coalesce(new.insee_left, new.insee_right)),
            arpent.department_at(new.route, st_lineinterpolatepoint(new.geom, 0.5)));
    else
        new.department := arpent.department_at(new.route, new.geom);
    end if;
    return new;
end $$;
