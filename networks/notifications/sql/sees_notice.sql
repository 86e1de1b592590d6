-- Whether the asker sees this notice; functions that pass row policies by ask it.
create or replace function arpent.sees_notice(asked bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.notifications_notice n where n.id = asked
            and (arpent.is_agency() or n.owner_id in (select unnest(arpent.members()))))
$$;
