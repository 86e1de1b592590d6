-- The filings under instruction that a member shows to everybody (R.423-6): these columns and no other, certificates apart,
-- the last first; `row_limit` and `row_offset` are bounded here.
create or replace function arpent.public_filings(commune text, wanted_kind text, row_limit int, row_offset int)
returns table (number text, kind text, insee text, idus text[], works text, address text, filed_date date)
language sql stable security definer set search_path = pg_catalog, public as $$
    select r.number::text, r.kind::text, r.insee::text, r.idus::text[], arpent.public_text(r.id, r.description),
        arpent.public_text(r.id, r.address), r.filed_date
    from (
        select p.* from public.permits_permit p
        where p.state in ('received', 'incomplete', 'instruction') and p.kind not in ('CUa', 'CUb')
            and not exists (select from public.permits_settings s where s.member_id = p.owner_id and not s.public_register)
            and (commune = '' or p.insee = commune) and (wanted_kind = '' or p.kind = wanted_kind)
        order by p.filed_date desc, p.id desc
        limit least(greatest(row_limit, 0), 101) offset least(greatest(row_offset, 0), 10000)) r
    order by r.filed_date desc, r.id desc
$$;
