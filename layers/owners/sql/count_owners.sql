-- How many owners a consultation of these parcels shows: each parcel in the year asked, else in its latest, where the asker may
-- read them. It is what the journal is told before anybody reads.
drop function if exists arpent.count_owners(text[]);
create or replace function arpent.count_owners(asked text[], of_year int) returns int
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    opened text[] := array(select idu from unnest(asked) idu where left(idu, 5) = any (arpent.owner_insee('names')));
begin
    return (
        with holding as (
            select distinct on (h.idu) h.idu, h.account, h.year from public.owners_holding h
            where h.idu = any (opened) and (of_year is null or h.year = of_year) order by h.idu, h.year desc
        ), account as (
            select account, year from holding
            union
            select p.account, p.year from public.owners_premises p join holding using (idu, year)
        )
        select count(distinct (o.account, o.rank, o.person))
        from account join public.owners_owner o using (account, year)
    );
end $$;
