-- The accounts of the parcels that consulted_idus opens: those of the ground, and those of the premises on it.
create or replace function arpent.consulted_accounts(wanted text) returns text[]
language plpgsql stable parallel safe security definer set search_path = pg_catalog, public as $$
declare
    opened text[] := arpent.consulted_idus(wanted);
begin
    return array(
        select h.account from public.owners_holding h where h.idu = any (opened)
        union
        select p.account from public.owners_premises p where p.idu = any (opened)
    );
end $$;
