-- Trigger before an asset is made or moved: it is bound to the nearest section of road within reach
-- (arpent.nearest_section), to none beyond.
-- Whatever the writer says of the binding does not count; arpent.follow_sections alone writes it (arpent.following).
-- Roads stay as they are until the asset is there for others to see: who changes them takes this lock alone
-- (arpent.join_section, arpent.leave_section), or else would leave the asset bound to a line that is no more.
create or replace function arpent.bind_asset() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    section record;
begin
    if current_setting('arpent.following', true) = 'on' then
        return new;
    end if;
    if tg_op = 'UPDATE' and new.geom is not distinct from old.geom then
        new.section_id := old.section_id;
        new.from_m := old.from_m;
        new.offset_m := old.offset_m;
        new.side := old.side;
        if tg_table_name = 'road_stretch' then
            new.to_m := old.to_m;
        end if;
        return new;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('arpent roads', 0));
    select n.id, n.geom into section from arpent.nearest_section(new.geom) n;
    new.section_id := section.id;
    if tg_table_name = 'road_stretch' then
        select b.from_m, b.to_m, b.offset_m, b.side into new.from_m, new.to_m, new.offset_m, new.side
            from arpent.stretch_along(section.geom, new.geom) b;
    else
        select b.from_m, b.offset_m, b.side into new.from_m, new.offset_m, new.side
            from arpent.point_along(section.geom, new.geom) b;
    end if;
    return new;
end $$;
