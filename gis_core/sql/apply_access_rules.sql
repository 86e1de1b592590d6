-- Give somebody the roles that the rules of a sign-in method have for the groups held there, and end those that its rules
-- gave before and no longer give. What was given by hand stays. A method of a member gives roles at that member alone,
-- none gives the agency's administration, and the last administrator of a member stays one, as its emergency account
-- does while its passwords are switched off. Returns what happened, as
-- [{"member", "role", "former", "what": "given" | "changed" | "ended" | "kept", "rules"}]. Refuses (42501) for somebody
-- whom the method does not know.
create or replace function arpent.apply_access_rules(person bigint, by_method bigint, held text[]) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    changes jsonb := '[]';
    target record;
    former public.gis_core_membership;
    made bigint;
begin
    perform arpent.lock_people();
    if not exists (
        select from public.gis_core_signinmethod m
        join public.socialaccount_socialaccount a on a.provider = 'method-' || m.id and a.user_id = person
        join public.gis_core_user u on u.id = a.user_id and u.is_active
        where m.id = by_method and m.active
    ) then
        raise exception using errcode = '42501', message = 'this sign-in method does not know this person';
    end if;
    for target in
        with fitting as (
            select r.member_id, r.role, r.insee, arpent.role_rank(r.role) as rank
            from public.gis_core_accessrule r join public.gis_core_signinmethod m on m.id = r.method_id
            where m.id = by_method and r.member_id = coalesce(m.member_id, r.member_id)
                and arpent.role_rank(r.role) <= arpent.role_rank('gis_administrator')
                and lower(r.group) in (select lower(one) from unnest(held) one)
        ), highest as (
            select *, max(rank) over (partition by member_id) as top, count(*) over (partition by member_id) as rules from fitting
        )
        select h.member_id, h.role, min(h.rules) as rules,
            coalesce(array_agg(distinct code) filter (where code is not null and h.role = 'town_hall'), '{}') as codes
        from highest h left join lateral unnest(h.insee) code on true
        where h.rank = h.top group by h.member_id, h.role
    loop
        select * into former from public.gis_core_membership m
        where m.user_id = person and m.member_id = target.member_id for update;
        if former.id is null then
            insert into public.gis_core_membership (user_id, member_id, role, invited_email, created_at, accepted_at, given_by_id)
            values (person, target.member_id, target.role, '', statement_timestamp(), statement_timestamp(), by_method)
            returning id into made;
            perform arpent.set_town_halls(made, target.codes);
            changes := changes || jsonb_build_object('member', target.member_id, 'role', target.role, 'what', 'given', 'rules', target.rules);
        elsif former.given_by_id = by_method
            or former.given_by_id is not null and arpent.role_rank(target.role) > arpent.role_rank(former.role) then
            if former.role <> target.role
                and (arpent.is_last_administrator(former.id) or exists (
                    select from public.gis_core_member o
                    where o.id = former.member_id and o.emergency_account_id = person and not o.passwords_open))
                and arpent.role_rank(target.role) < arpent.role_rank('gis_administrator') then
                changes := changes || jsonb_build_object('member', target.member_id, 'role', former.role, 'what', 'kept', 'rules', target.rules);
                continue;
            end if;
            if former.role <> target.role or former.given_by_id <> by_method then
                update public.gis_core_membership m set role = target.role, given_by_id = by_method where m.id = former.id;
                changes := changes || jsonb_build_object('member', target.member_id, 'role', target.role, 'former', former.role,
                    'what', 'changed', 'rules', target.rules);
            end if;
            perform arpent.set_town_halls(former.id, target.codes);
        end if;
    end loop;
    return changes || arpent.end_unruled_roles(person, by_method, held);
end $$;
