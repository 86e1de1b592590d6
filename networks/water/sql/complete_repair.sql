-- Trigger before a repair is written: it finds its pipe (the one given, the one of its reference, the nearest within 10 m)
-- and takes over from it what nobody filled in: reference, material, diameter, year of laying. Repairs of fittings and
-- structures have no pipe.
create or replace function arpent.complete_repair() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    reach constant float8 := 10;
    pipes text := case new.network when 'sewer' then 'sewer_pipe' else 'water_pipe' end;
    columns constant text := 'p.id, p.reference, p.material, p.diameter_mm, coalesce(p.laid_to_year, p.laid_from_year) as laid_year';
    former record;
    pipe record;
    given bigint := new.pipe_id;
begin
    if tg_op = 'UPDATE' then
        if (new.geom, new.network, new.object_reference, new.repaired, new.pipe_id, new.owner_id)
            is not distinct from (old.geom, old.network, old.object_reference, old.repaired, old.pipe_id, old.owner_id) then
            return new;
        end if;
        if new.pipe_id is not distinct from old.pipe_id then
            given := null;
        elsif new.pipe_id is null then
            return new;
        end if;
        -- Moved or named anew: what was taken over from the former pipe gives way, what somebody typed stays.
        if given is null and old.pipe_id is not null then
            execute format('select %s from %I p where p.id = $1', columns,
                case old.network when 'sewer' then 'sewer_pipe' else 'water_pipe' end) into former using old.pipe_id;
            if new.object_reference is not distinct from former.reference then
                new.object_reference := null;
            end if;
            new.material := nullif(new.material, former.material);
            new.diameter_mm := nullif(new.diameter_mm, former.diameter_mm);
            new.laid_year := nullif(new.laid_year, former.laid_year);
        end if;
    end if;
    new.pipe_id := null;
    if new.repaired in ('02', '03') then
        return new;
    end if;
    if given is not null then
        execute format('select %s from %I p where p.id = $1 and p.owner_id = $2', columns, pipes)
            into pipe using given, new.owner_id;
    elsif new.object_reference is not null then
        execute format('select %s from %I p where p.owner_id = $1 and p.reference = $2', columns, pipes)
            into pipe using new.owner_id, new.object_reference;
    else
        execute format('select %s from %I p where p.geom && st_expand($1, $3) and p.owner_id + 0 = $2 and st_dwithin(p.geom, $1, $3)
            order by st_distance(p.geom, $1), p.service_state <> ''en_service'', p.id limit 1', columns, pipes)
            into pipe using new.geom, new.owner_id, reach;
    end if;
    if pipe.id is not null then
        new.pipe_id := pipe.id;
        new.object_reference := coalesce(new.object_reference, pipe.reference);
        new.material := coalesce(new.material, pipe.material);
        new.diameter_mm := coalesce(new.diameter_mm, pipe.diameter_mm);
        new.laid_year := coalesce(new.laid_year, pipe.laid_year);
    end if;
    return new;
end $$;
