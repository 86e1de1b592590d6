-- The condition under which the asker may write a row of a private table; the code asks for the exact role before.
create or replace function arpent.write_policy(target regclass, scope text, layer_id bigint default null) returns text
language plpgsql stable set search_path = pg_catalog as $$
begin
    if scope like 'part:%' then
        return format('exists (select from %s whole where whole.id = %s.%I and (%s))',
            arpent.whole_of(target, scope), target, split_part(scope, ':', 2),
            arpent.write_policy(target, coalesce(nullif(split_part(scope, ':', 3), ''), 'owner')));
    end if;
    if scope like 'nominative:%' then
        return 'false';
    end if;
    case scope
        when 'owner', 'shown', 'announced', 'visibility', 'feature' then
            return '(select arpent.is_agency()) or owner_id in (select unnest((select arpent.writers())))';
        when 'filed' then
            return arpent.write_policy(target, 'owner')
                || ' or (owner_id in (select unnest((select arpent.town_halls()))) and insee in (select unnest((select arpent.town_insee()))))';
        when 'job' then
            return arpent.write_policy(target, 'owner') || ' or (owner_id is null and started_by_id = (select arpent.user_id()))';
        when 'person' then
            return arpent.row_policy(target, scope);
        when 'insee' then
            return 'false';
        when 'layer' then
            return format('(select arpent.edits_layer(%s))', layer_id);
        else
            raise exception using errcode = '22023', message = 'unknown scope: ' || scope;
    end case;
end $$;
