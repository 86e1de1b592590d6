-- Refuse (42501), unless the asker administers the member and holds no lower role than these. The platform's own roles,
-- which commands run under, may.
create or replace function arpent.check_may_give(member bigint, variadic roles text[]) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    rank int;
begin
    if arpent.acting_role() <> 'arpent_web' then
        return;
    end if;
    rank := arpent.rank_at(member);
    if rank < arpent.role_rank('gis_administrator') or rank < (select max(arpent.role_rank(r)) from unnest(roles) r) then
        raise exception using errcode = '42501', message = 'the asker may not give or take this role at this member';
    end if;
end $$;
