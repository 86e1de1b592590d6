-- Rows of layers by the beginning of their reference, of those that the asker sees, the first `most` of each layer: policies
-- would keep the planner from the indexes (arpent.index_reference), so their conditions are repeated here, before the limit.
create or replace function arpent.find_references(slugs text[], reference text, most int)
returns table (layer text, id bigint, exact boolean)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    -- A zero that was typed last may be one of those that begin a number.
    wanted text := regexp_replace(arpent.fold_reference(left(reference, 100)), '(?<![0-9])0+$', '');
    mine int[] := case when arpent.is_agency() then array(select m.id from public.gis_core_member m) else arpent.members() end;
    folded text;
    one record;
begin
    if length(wanted) < 2 then
        return;
    end if;
    for one in select l.slug, l.rows, l.key_column, to_regclass(format('public.%I', l."table")) as made
        from public.catalogue_layer l
        where l.slug = any (slugs) and l.key_column <> '' and l.rows in ('layer', 'owner') and arpent.sees_layer(l.id)
    loop
        continue when one.made is null;
        folded := format('arpent.fold_reference(%I::text)', one.key_column);
        if one.rows = 'layer' then
            return query execute format('select %L::text, id, %s = $1 from %s
                where %2$s ~>=~ $1 and %2$s ~<~ ($1 || ''{'') order by %2$s using ~<~ limit $2', one.slug, folded, one.made)
                using wanted, most;
            continue;
        end if;
        -- Owner by owner, so that the index gives the first of each without those that follow.
        return query execute format('select %L::text, each.id, each.folded = $1 from unnest($3) member cross join lateral (
                select id, %s as folded from %s
                where owner_id = member and %2$s ~>=~ $1 and %2$s ~<~ ($1 || ''{'') order by %2$s using ~<~ limit $2) each
            order by each.folded using ~<~ limit $2',
            one.slug, folded, one.made) using wanted, most, mine;
        continue when not exists (select from pg_attribute where attrelid = one.made and attname = 'shared_with');
        return query execute format('select %L::text, id, %s = $1 from %s
            where shared_with <> ''{}'' and shared_with && $4 and not owner_id = any ($3)
            and %2$s ~>=~ $1 and %2$s ~<~ ($1 || ''{'') order by %2$s using ~<~ limit $2',
            one.slug, folded, one.made) using wanted, most, mine, arpent.members();
    end loop;
end $$;
