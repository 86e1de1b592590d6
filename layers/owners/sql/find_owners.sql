-- Parcels of owners by their name, in the communes whose owners the asker may read, each by its latest year: for a search that
-- the asker has just written in the journal (arpent.consultation is the line). `words` are as names are compared, each the
-- beginning of a word; the first, the longest, leads to the index `owner_search`.
create or replace function arpent.find_owners(words text[], most int) returns setof text
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    opened text[] := arpent.owner_insee('names');
    patterns text[] := array(select arpent.word_beginning(word) from unnest(words) word);
begin
    if not exists (select from public.owners_journalline j
        where j.id = nullif(current_setting('arpent.consultation', true), '')::bigint and j.by_user = arpent.user_id()
            and j.action = 'search' and j.refusal = '' and j.at > clock_timestamp() - interval '10 minutes') then
        raise exception using errcode = 'AR002', message = 'this search of owners is not written in the journal';
    end if;
    if coalesce(words[1], '') !~ '^[0-9a-z]{3,}$' then
        return;
    end if;
    return query
        with met as materialized (
            select distinct o.account, o.year from public.owners_owner o
            cross join lateral (select ' ' || lower(translate(o.denomination || ' ' || o.name || ' ' || o.first_names,
                'ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜàâäçéèêëîïôöùûü''-.,()/’', 'AAACEEEEIIOOUUUaaaceeeeiioouuu        ')) as text) called
            where called.text ~ patterns[1] and called.text ~ all (patterns) and o.insee = any (opened)),
        ground as (
            select h.idu, h.year from public.owners_holding h join met using (account, year)
            union
            select p.idu, p.year from public.owners_premises p join met using (account, year))
        select distinct g.idu::text from ground g
        where left(g.idu, 5) = any (opened)
            and g.year = (select max(latest.year) from public.owners_holding latest where latest.idu = g.idu)
        order by 1 limit most;
end $$;
