-- End the roles that the rules of a sign-in method gave somebody and, for the groups held now, no longer give. Called by
-- apply_access_rules, under its lock; the web role may not call it.
create or replace function arpent.end_unruled_roles(person bigint, by_method bigint, held text[]) returns jsonb
language plpgsql set search_path = pg_catalog, public as $$
declare
    changes jsonb := '[]';
    former public.gis_core_membership;
begin
    for former in
        select * from public.gis_core_membership m
        where m.user_id = person and m.given_by_id = by_method and not exists (
            select from public.gis_core_accessrule r
            where r.method_id = by_method and r.member_id = m.member_id
                and arpent.role_rank(r.role) <= arpent.role_rank('gis_administrator')
                and lower(r.group) in (select lower(one) from unnest(held) one))
        for update
    loop
        -- Nor is the emergency account of a member without passwords: nothing else opens it when no provider answers.
        if arpent.is_last_administrator(former.id) or exists (
            select from public.gis_core_member o
            where o.id = former.member_id and o.emergency_account_id = person and not o.passwords_open
        ) then
            changes := changes || jsonb_build_object('member', former.member_id, 'role', former.role, 'what', 'kept', 'rules', 0);
        else
            delete from public.gis_core_townhall t where t.membership_id = former.id;
            delete from public.gis_core_membership m where m.id = former.id;
            changes := changes || jsonb_build_object('member', former.member_id, 'role', former.role, 'what', 'ended', 'rules', 0);
        end if;
    end loop;
    return changes;
end $$;
