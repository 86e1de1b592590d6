-- Lines of the security journal, the latest first, for whoever reads it (reads_journal): of these people or of this name, about
-- something, of these kinds, in a time, before a line. Each condition that is null asks nothing; texts are patterns in capitals.
create or replace function arpent.find_security_events(people int[], named text, thing text, kinds text[], since timestamptz,
    until timestamptz, before_at timestamptz, before_id bigint, most int) returns setof public.gis_core_securityevent
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not arpent.reads_journal() then
        raise exception 'only the agency and the security officer read the security journal' using errcode = 'insufficient_privilege';
    end if;
    -- Composed, so that each question has its own plan.
    return query execute 'select * from public.gis_core_securityevent e where true'
        || case when people is not null and named is not null then ' and (e."user" = any ($1) or upper(e.name) like $2)'
            when people is not null then ' and e."user" = any ($1)'
            when named is not null then ' and upper(e.name) like $2' else '' end
        || case when thing is not null then ' and upper(e.about) like $3' else '' end
        || case when kinds is not null then ' and e.kind = any ($4)' else '' end
        || case when since is not null then ' and e.at >= $5' else '' end
        || case when until is not null then ' and e.at < $6' else '' end
        || case when before_at is not null then ' and (e.at, e.id) < ($7, $8)' else '' end
        || ' order by e.at desc, e.id desc limit $9'
        using people, named, thing, kinds, since, until, before_at, before_id, most;
end $$;
