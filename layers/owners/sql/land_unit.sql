-- The parcels of one account that lie in one piece around a parcel (unité foncière), in the communes open to the asker. The
-- parcel must be one that the journal names: what is shown is that it belongs to its account, which was shown already.
-- Parcels that only meet in a corner are not in one piece: they share half a metre of limit or more, give or take 10 cm.
create or replace function arpent.land_unit(parcel text) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    opened text[] := arpent.owner_insee('names');
    start public.owners_holding;
begin
    select * into start from public.owners_holding h
    where h.idu = parcel and h.idu = any (arpent.consulted_idus('names')) order by h.year desc limit 1;
    if not found then
        return '{}';
    end if;
    return array(
        with recursive unit(idu) as (
            select start.idu::text
            union
            select other.idu::text
            from unit
            join public.cadastre_parcel here on here.idu = unit.idu
            join public.cadastre_parcel other on other.geom && st_expand(here.geom, 0.1) and other.idu <> here.idu
            join public.owners_holding h on h.idu = other.idu and h.year = start.year and h.account = start.account
            where left(other.idu, 5) = any (opened) and st_dwithin(other.geom, here.geom, 0.1)
                and st_area(st_intersection(st_buffer(here.geom, 0.1), other.geom)) > 0.05
        )
        select idu from unit order by idu limit 500
    );
end $$;
