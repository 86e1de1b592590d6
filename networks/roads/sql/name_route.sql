-- Trigger before a section or a marker says that it is of a road: its number is kept as all are, for another way to write it
-- would be another road. Refused: what is the number of no road.
create or replace function arpent.name_route() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    number text;
begin
    if tg_op = 'UPDATE' and new.route is not distinct from old.route then
        return new;
    end if;
    if tg_table_name = 'road_section' and btrim(new.route) = '' then
        new.route := null;
        return new;
    end if;
    number := arpent.route_of(new.route);
    if number is null or length(number) > 12 then
        raise exception using errcode = 'check_violation', constraint = tg_table_name || '_route', table = tg_table_name,
            message = 'no number of a road: ' || new.route;
    end if;
    new.route := number;
    return new;
end $$;
