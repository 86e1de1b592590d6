-- Trigger when a transaction ends that changed sections of road: assets of theirs follow, whoever owns them.
-- An asset whose foot lies on the new line of its section, or on another one that changed, stays where it is and gets a new
-- binding; one whose piece of road moved goes along; one whose section is gone stays; what is unbound then beside a road that
-- changed is bound to the nearest one within reach, if any (arpent.bind_loose). An asset of another member than the section goes
-- along by 50 m at most (arpent.goes_along): beyond, the road was laid elsewhere or moved by mistake, and what somebody else
-- surveyed stays for its keeper to see in the list of assets and in the history.
create or replace function arpent.follow_sections() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    here constant bigint := new.xact;
    moved bigint := 0;
    touched bigint;
begin
    perform set_config('arpent.following', 'on', true);
    moved := arpent.follow_points(here) + arpent.follow_lines(here);
    touched := arpent.bind_loose(here);
    perform set_config('arpent.following', '', true);
    delete from public.road_change c where c.xact = here;
    if moved + touched > 0 then
        -- Caches of the two layers: the sections changed, and with them what is drawn beside.
        update public.catalogue_layer set extent_4326 = null where slug in ('road-assets', 'road-stretches');
    end if;
    return null;
end $$;
