-- The condition under which the asker sees a row of a private table, by the table's scope. The shape matters: a hashed
-- sub-select costs nothing, `= any(array)` hides the spatial index from the planner.
create or replace function arpent.row_policy(target regclass, scope text, layer_id bigint default null) returns text
language plpgsql stable set search_path = pg_catalog as $$
declare
    has_insee boolean := exists (select from pg_attribute where attrelid = target and attname = 'insee' and not attisdropped);
    has_archive boolean := exists (
        select from pg_attribute where attrelid = target and attname = 'archived_at' and not attisdropped);
    town text := case when has_insee then
        ' or (owner_id in (select unnest((select arpent.town_halls()))) and insee in (select unnest((select arpent.town_insee()))))'
        else '' end;
begin
    if scope like 'part:%' then
        return format('exists (select from %s whole where whole.id = %s.%I)',
            arpent.whole_of(target, scope), target, split_part(scope, ':', 2));
    end if;
    if scope like 'nominative:%' then
        return format('%I in (select unnest((select arpent.consulted_%ss(%L))))',
            split_part(scope, ':', 3), split_part(scope, ':', 3), split_part(scope, ':', 2));
    end if;
    case scope
        when 'journal' then
            return '(select arpent.is_agency()) or members && (select arpent.administered())';
        when 'owner', 'filed' then
            return '(select arpent.is_agency()) or owner_id in (select unnest((select arpent.members())))' || town
                || ' or (shared_with <> ''{}'' and shared_with && (select arpent.members()))';
        when 'job' then
            return arpent.row_policy(target, 'owner') || ' or (owner_id is null and started_by_id = (select arpent.user_id()))';
        when 'insee' then
            return 'insee in (select unnest((select arpent.insee())))';
        when 'visibility' then
            -- A token that is made for some layers opens no photo and no layer of another server.
            return case when (select relname from pg_class where oid = target) = 'catalogue_layer' then 'arpent.opens_layer(id)'
                else '(select arpent.opens_layer(0))' end || ' and ' || case when has_archive then
                '(archived_at is null or (select arpent.is_agency())
                    or owner_id in (select unnest((select arpent.administered())))) and (' else '(' end
                || '(select arpent.is_agency()) or visibility = ''public''
                or (visibility = ''signed_in'' and (select arpent.user_id()) > 0)
                or owner_id in (select unnest((select arpent.members() || arpent.town_halls())))
                or (visibility = ''members'' and shared_with && (select arpent.members() || arpent.town_halls())))';
        when 'shown' then
            return 'true';
        when 'announced' then
            -- What is not announced is its member's own: a town hall sees it with everybody.
            return 'announced or (select arpent.is_agency()) or owner_id in (select unnest((select arpent.members())))';
        when 'person' then
            return 'person_id = (select arpent.user_id())';
        when 'feature' then
            return 'layer_id in (select whole.id from public.catalogue_layer whole) and (not private or '
                || arpent.row_policy(target, 'owner') || ')';
        when 'layer' then
            return format('(select arpent.sees_layer(%s))', layer_id);
        else
            raise exception using errcode = '22023', message = 'unknown scope: ' || scope;
    end case;
end $$;
