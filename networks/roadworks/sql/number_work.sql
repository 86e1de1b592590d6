-- Trigger before works are made or change: a number of their member and year ("2026-0042") where they have none, each once;
-- the commune of the middle of their stretch, when they changed. The row of the counter is locked until the transaction ends: no number is lost.
-- What everybody was told stays told: announced works are no draft again, cancelled ones stay as they were.
create or replace function arpent.number_work() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    now_year int := extract(year from now() at time zone 'Europe/Paris');
    number int;
    longest geometry;
    led boolean := false;
    elsewhere boolean := false;
begin
    -- An editor that leaves a field empty means what new works have.
    new.state := coalesce(new.state, 'draft');
    new.kind := coalesce(new.kind, 'road');
    new.measure := coalesce(new.measure, 'none');
    new.no_parking := coalesce(new.no_parking, false);
    new.no_overtaking := coalesce(new.no_overtaking, false);
    new.new_surface := coalesce(new.new_surface, false);
    new.closed_way := case when new.measure = 'one_way' then new.closed_way end;
    new.changed_at := now();
    -- Everybody sees what is cancelled: a draft would be told by it. What an import or a restored row brings was cancelled before.
    if (tg_op = 'INSERT' and new.state = 'cancelled' and new.import_id is null and coalesce(new.version, 1) = 1)
        or (tg_op = 'UPDATE' and new.state <> old.state
            and (old.state = 'cancelled' or (old.state = 'draft' and new.state = 'cancelled'))) then
        raise exception using errcode = '23514', constraint = 'road_work_state_order', table = 'road_work', schema = 'public',
            message = 'works are planned, then cancelled';
    end if;
    if tg_op = 'UPDATE' and old.state = 'planned' and new.state = 'draft' then
        raise exception using errcode = '23514', constraint = 'road_work_stays_announced', table = 'road_work', schema = 'public',
            message = 'announced works are cancelled, not made a draft again';
    end if;
    if tg_op = 'UPDATE' and old.state = 'cancelled' and (new.kind, new.title, new.description, new.place, new.starts_on, new.ends_on,
            new.hours, new.measure, new.closed_way, new.speed_kmh, new.no_parking, new.no_overtaking, new.new_surface, new.comment, new.geom,
            new.start_reference, new.end_reference)
        is distinct from (old.kind, old.title, old.description, old.place, old.starts_on, old.ends_on,
            old.hours, old.measure, old.closed_way, old.speed_kmh, old.no_parking, old.no_overtaking, old.new_surface, old.comment, old.geom,
            old.start_reference, old.end_reference) then
        raise exception using errcode = '23514', constraint = 'road_work_stays_cancelled', table = 'road_work', schema = 'public',
            message = 'cancelled works are not changed any more';
    end if;
    if tg_op = 'INSERT' or new.geom is distinct from old.geom then
        select g.geom into longest from st_dump(new.geom) g order by st_length(g.geom) desc limit 1;
        new.insee := coalesce((select c.insee from public.gis_core_commune c
            where c.geom && st_lineinterpolatepoint(longest, 0.5) and st_intersects(c.geom, st_lineinterpolatepoint(longest, 0.5))
            order by c.insee limit 1), new.insee);
    end if;
    if tg_op = 'INSERT' or (new.geom, new.closed_way) is distinct from (old.geom, old.closed_way) then
        new.closed_bearing := arpent.closed_bearing(new.geom, new.closed_way);
    end if;
    if tg_op = 'UPDATE' then
        -- What was led around is not what is closed now: their detours have no days until somebody looks at them again.
        elsewhere := (old.measure in ('closed', 'one_way') and (new.measure, new.closed_way) is distinct from (old.measure, old.closed_way))
            or st_snaptogrid(new.geom, 0.001) is distinct from st_snaptogrid(old.geom, 0.001);
    end if;
    if tg_op = 'UPDATE' and (elsewhere or (new.state, new.starts_on, new.ends_on) is distinct from (old.state, old.starts_on, old.ends_on)) then
        -- Their detours are seen with them, on the same days. Rows first, in their order, then the layer: as whoever edits them does.
        perform from public.road_detour d where d.work_id = new.id order by d.id for update;
        led := found;
        update public.road_detour d set starts_on = case when not elsewhere then new.starts_on end,
            ends_on = case when not elsewhere then new.ends_on end
            where d.work_id = new.id and d.starts_on is not null
                and (elsewhere or (d.starts_on, d.ends_on) is distinct from (new.starts_on, new.ends_on));
    end if;
    if tg_op = 'UPDATE' and new.state = 'cancelled' and old.state <> 'cancelled' then
        delete from public.road_detour d where d.work_id = new.id;
    end if;
    if led then
        perform arpent.announce_edited(l.id, null) from public.catalogue_layer l where l.slug = 'works-detours'
            and arpent.sees_layer(l.id);
    end if;
    -- A stretch that is drawn anew is not where its references (PR) placed it, nor do the words that tell them.
    if tg_op = 'UPDATE' and st_snaptogrid(new.geom, 0.001) is distinct from st_snaptogrid(old.geom, 0.001)
        and (new.start_reference, new.end_reference) is not distinct from (old.start_reference, old.end_reference) then
        if new.start_reference is not null and new.place is not distinct from old.place and new.place ~ '^[A-Z]+ \d[^+]*, (du )?PR \d+[+]' then
            new.place := nullif(substring(new.place from '[+]\d+(?: [DG])? \((.*)\)$'), '');
        end if;
        new.start_reference := null;
        new.end_reference := null;
    end if;
    if tg_op = 'UPDATE' then
        new.reference := coalesce(nullif(new.reference, ''), old.reference);
    end if;
    while coalesce(new.reference, '') = '' or (tg_op = 'INSERT' and number is not null and exists (
            select from public.road_work w where w.owner_id = new.owner_id and w.reference = new.reference)) loop
        insert into public.road_work_number as kept (owner_id, year, last) values (new.owner_id, now_year, 1)
            on conflict (owner_id, year) do update set last = kept.last + 1 returning last into number;
        new.reference := format('%s-%s', now_year, lpad(number::text, greatest(4, length(number::text)), '0'));
    end loop;
    return new;
end $$;
