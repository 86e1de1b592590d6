-- Years before this one go from what imports of owners replaced: taken back, they bring none of them back. For the worker.
create or replace function arpent.forget_replaced_owners(first_year integer) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
    forgotten bigint;
begin
    delete from public.gis_core_replacedrow r
    where r."table" in ('owners_holding', 'owners_premises', 'owners_owner', 'owners_birth', 'owners_exemption')
        and r.operation <> 'INSERT' and (r.old ->> 'year')::integer < first_year;
    get diagnostics forgotten = row_count;
    return forgotten;
end $$;
revoke execute on function arpent.forget_replaced_owners from public;
grant execute on function arpent.forget_replaced_owners to arpent_worker;
