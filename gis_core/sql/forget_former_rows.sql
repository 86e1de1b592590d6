-- What the history keeps of a row that was erased for a person goes too: of the row `value` where `key` is id, else of the rows whose
-- column `key` had this value. With `columns`, these alone go, and the former rows stay without them. Returns how many former
-- rows went or were changed. For the worker.
create or replace function arpent.forget_former_rows(name text, key text, value bigint, columns text[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    former bigint[] := array(
        select h.id from public.gis_core_historyevent e join public.gis_core_rowhistory h on h.event_id = e.id
        where e."table" in (name, 'public.' || name)
            and case when key = 'id' then h.pk_value = value else (h.old ->> key)::bigint = value end);
begin
    if cardinality(columns) = 0 then
        delete from public.gis_core_rowhistory h where h.id = any (former);
    else
        update public.gis_core_rowhistory h set old = h.old - columns where h.id = any (former);
    end if;
    return cardinality(former);
end $$;
revoke execute on function arpent.forget_former_rows from public;
grant execute on function arpent.forget_former_rows to arpent_worker;
