-- Files by their applicant's name, the latest first, of those that the asker may read: it writes the journal. `words` are
-- as `search_text` has them, each the beginning of one there; the first, the longest, leads to the index.
create or replace function arpent.find_applicants(words text[], most int, why text)
returns table (permit_id bigint, name text, address text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    patterns text[] := array(select '% ' || word || '%' from unnest(words) word);
    found bigint[];
begin
    if coalesce(length(words[1]), 0) < 3 then
        return;
    end if;
    found := array(
        with met as materialized (
            select p.id, p.owner_id, p.insee, p.filed_date
            from public.permits_applicant a join public.permits_permit p on p.id = a.permit_id
            where a.search_text like patterns[1] and a.search_text like all (patterns)),
        opened as (
            select owner_id, insee from (select distinct owner_id, insee from met) place
            where arpent.reads_applicants(owner_id, insee))
        select id from met join opened using (owner_id, insee) order by filed_date desc, id desc limit most);
    perform arpent.journal_applicants(found, 'read', why);
    return query select a.permit_id, a.name::text, a.address from public.permits_applicant a
        where a.permit_id = any (found);
end $$;
