-- The decisions that a member shows to everybody: these columns and no other, of files that ended, certificates apart,
-- whoever asks. The one way past the policy of files; `row_limit` and `row_offset` are bounded here.
create or replace function arpent.public_decisions(
    commune text, decided_year int, wanted_kind text, beginning text, row_limit int, row_offset int)
returns table (number text, kind text, insee text, idus text[], works text, address text, filed_date date, decided_date date,
    outcome text, tacit boolean, shape text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    conditions text := '';
begin
    if commune <> '' then conditions := conditions || ' and p.insee = $1'; end if;
    if decided_year > 0 then
        conditions := conditions || ' and p.ended_date between make_date($2, 1, 1) and make_date($2, 12, 31)';
    end if;
    if wanted_kind <> '' then conditions := conditions || ' and p.kind = $3'; end if;
    if beginning <> '' then conditions := conditions || ' and p.number >= $4 and p.number <= $4 || repeat(''Z'', 18)'; end if;
    return query execute '
        select r.number::text, r.kind::text, r.insee::text, r.idus::text[], arpent.public_text(r.id, r.description),
            arpent.public_text(r.id, r.address), r.filed_date, r.ended_date,
            case when r.state in (''granted'', ''works'', ''finished'', ''expired'') then ''granted'' else r.state::text end, r.tacit,
            ST_AsGeoJSON(ST_Transform(r.geom, 4326), 6)
        from (
            select p.* from public.permits_permit p
            where p.ended_date is not null and p.state in (''granted'', ''works'', ''finished'', ''expired'', ''refused'', ''rejected'',
                    ''deferred'', ''inadmissible'', ''revoked'', ''annulled'')
                and p.kind not in (''CUa'', ''CUb'')
                and not exists (select from public.permits_settings s where s.member_id = p.owner_id and not s.public_register)'
        || conditions || ' order by p.ended_date desc, p.id desc
            limit least(greatest($5, 0), 2001) offset least(greatest($6, 0), 10000)) r
        order by r.ended_date desc, r.id desc'
    using commune, decided_year, wanted_kind, beginning, row_limit, row_offset;
end $$;
