-- Lines of a journal of readings from before an instant go, as the agency chose; by the first member concerned, how many went. Only
-- journals: tables that the site reads and cannot write, with the instant and the members of each line; and only lines of more than
-- 180 days, whatever was chosen: who misuses the platform does not erase their own traces by a choice. For the worker.
create or replace function arpent.forget_journal_lines(name text, before timestamptz) returns table (member int, lines bigint)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if has_table_privilege('arpent_web', format('public.%I', name), 'insert') or 2 <> (
            select count(*) from pg_attribute where attrelid = format('public.%I', name)::regclass and attname in ('at', 'members')) then
        raise exception '% is no journal', name using errcode = 'insufficient_privilege';
    end if;
    if before > clock_timestamp() - interval '180 days' then
        raise exception 'lines of a journal stay for 180 days' using errcode = 'insufficient_privilege';
    end if;
    return query execute format('with gone as (delete from public.%I where at < $1 returning members)
        select members[1], count(*) from gone group by 1', name) using before;
end $$;
revoke execute on function arpent.forget_journal_lines from public;
grant execute on function arpent.forget_journal_lines to arpent_worker;
