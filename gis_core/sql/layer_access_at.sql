-- What said at an instant who has access to a layer (its slug): the layer, the roles of people with their communes, and from when on
-- the history knows. For whoever reads the security journal; null where there was no such layer then.
create or replace function arpent.layer_access_at(slug text, instant timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    layer jsonb;
begin
    if not arpent.reads_journal() then
        raise exception 'only the agency and the security officer read the security journal' using errcode = 'insufficient_privilege';
    end if;
    select l into layer from arpent.rows_as_of('catalogue_layer', instant) l where l ->> 'slug' = layer_access_at.slug;
    if layer is null then
        return null;
    end if;
    return jsonb_build_object(
        'layer', jsonb_build_object('title', layer -> 'title', 'visibility', layer -> 'visibility', 'owner_id', layer -> 'owner_id',
            'shared_with', layer -> 'shared_with', 'archived_at', layer -> 'archived_at'),
        'roles', (select coalesce(jsonb_agg(jsonb_build_object('user', m -> 'user_id', 'member', m -> 'member_id', 'role', m -> 'role',
                'communes', (select coalesce(jsonb_agg(t -> 'insee' order by t -> 'insee'), '[]')
                    from arpent.rows_as_of('gis_core_townhall', instant) t where t -> 'membership_id' = m -> 'id'))), '[]')
            from arpent.rows_as_of('gis_core_membership', instant) m where (m ->> 'accepted_at')::timestamptz <= instant),
        'known_since', (select min(e.at) from public.gis_core_historyevent e
            where e."table" in ('gis_core_membership', 'public.gis_core_membership')));
end $$;
