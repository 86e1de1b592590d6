-- What said at an instant who has access to a layer (its slug): the layer, the roles of people with their communes, and from when on
-- the history knows. For whoever reads the security journal; null where there was no such layer then. Roles whose last day was
-- over and accounts that were closed gave none (whether an account was open then, the journal's own lines say), and security
-- officers have none. What the history keeps is read once for each table.
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
        'roles', (
            with halls as materialized (
                select t -> 'membership_id' as membership, jsonb_agg(t -> 'insee' order by t -> 'insee') as communes
                from arpent.rows_as_of('gis_core_townhall', instant) t group by 1
            ), later as materialized (
                -- The first change of an account since then; one without its values is that of an account that was erased.
                select distinct on (1) (r ->> 'id')::int as account, coalesce((r #>> '{changed,is_active,0}')::boolean, true) as was_open
                from public.gis_core_securityevent e cross join jsonb_array_elements(
                    case when jsonb_typeof(e.detail -> 'detail') = 'array' then e.detail -> 'detail' else '[]' end) r
                where e.kind = 'rights' and e.at > instant and e.event = 'changed' and e.detail ->> 'table' = 'gis_core_user'
                    and r -> 'changed' ? 'is_active'
                order by 1, e.at, e.id
            )
            select coalesce(jsonb_agg(jsonb_build_object('user', m -> 'user_id', 'member', m -> 'member_id', 'role', m -> 'role',
                'communes', coalesce(h.communes, '[]'))), '[]')
            from arpent.rows_as_of('gis_core_membership', instant) m
            left join halls h on h.membership = m -> 'id'
            left join public.gis_core_user u on u.id = (m ->> 'user_id')::int
            left join later on later.account = u.id
            where (m ->> 'accepted_at')::timestamptz <= instant
                and coalesce((m ->> 'last_date')::date >= (instant at time zone 'Europe/Paris')::date, true)
                and coalesce(later.was_open, u.is_active, true) and u.kind is distinct from 'security'),
        'known_since', (select min(e.at) from public.gis_core_historyevent e
            where e."table" in ('gis_core_membership', 'public.gis_core_membership')));
end $$;
