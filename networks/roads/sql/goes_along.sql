-- Whether an asset goes along with a section that would carry it there: its own member's always, another's by 50 m at most.
create or replace function arpent.goes_along(asset_owner bigint, section bigint, place geometry, carried geometry) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select st_hausdorffdistance(place, carried) <= 50
        or exists (select from public.road_section s where s.id = section and s.owner_id = asset_owner);
$$;
