-- How many owners these parcels have where the asker may read them, in the year in which each commune has most of them:
-- what the journal is told before anybody reads.
create or replace function arpent.count_owners(asked text[]) returns int
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    opened text[] := array(select idu from unnest(asked) idu where left(idu, 5) = any (arpent.owner_insee('names')));
begin
    return (
        with account as (
            select h.account, h.year from public.owners_holding h where h.idu = any (opened)
            union
            select p.account, p.year from public.owners_premises p where p.idu = any (opened)
        ), counted as (
            select o.insee, o.year, count(*) as owners
            from account join public.owners_owner o using (account, year) group by o.insee, o.year
        ), most as (
            select max(owners) as owners from counted group by insee
        )
        select coalesce(sum(owners), 0) from most
    );
end $$;
