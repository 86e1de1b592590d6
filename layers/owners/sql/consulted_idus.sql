-- The parcels whose owners this transaction may read: those that the asker has just written in the journal
-- (arpent.consultation is the line), in communes that their level opens. Without a line of theirs, reading is an error
-- (AR002), never "no owner". An extract for a third party opens neither birth nor exemptions, whoever makes it.
create or replace function arpent.consulted_idus(wanted text) returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
declare
    written public.owners_journalline;
    opened text[] := arpent.owner_insee(wanted);
begin
    select * into written from public.owners_journalline j
    where j.id = nullif(current_setting('arpent.consultation', true), '')::bigint and j.by_user = arpent.user_id()
        and j.refusal = '' and j.at > clock_timestamp() - interval '10 minutes';
    if not found then
        raise exception using errcode = 'AR002', message = 'this reading of owners is not written in the journal';
    end if;
    if wanted = 'all' and written.action = 'extract' then
        return '{}';
    end if;
    return array(select idu from unnest(written.parcels) idu where left(idu, 5) = any (opened));
end $$;
