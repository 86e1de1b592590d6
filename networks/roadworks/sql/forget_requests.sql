-- Applicants of requests whose works ended as many years ago as they are kept are forgotten: names, addresses, e-mails and
-- telephones of the requests go, the place and the works in the applicant's own words, which may name them or their home, and
-- their drafts of letters; orders that were numbered stay. Companies keep their name, their address and their words: how their
-- people are reached goes, and so do their drafts. Returns the requests concerned, whose pieces the caller closes: they are public
-- archives. For the nightly task alone.
create or replace function arpent.forget_requests(day date, years int) returns setof bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    -- Locked first: nobody begins a draft or attaches a piece meanwhile.
    over bigint[] := array(
        select r.id from public.road_request r
        where r.forgotten_date is null
            and greatest(r.ends_on, r.received_date, r.decided_date) + make_interval(years => years) < day
        order by r.id for update);
begin
    delete from public.gis_core_letter l using public.road_request r
        where r.id = any (over) and l.owner_id = r.owner_id and l.about_kind = 'road-request' and l.about_key = r.id::text
            and l.state = 'draft';
    update public.road_request r set forgotten_date = day, applicant_email = '', applicant_phone = '',
        applicant_name = case when r.is_company then r.applicant_name else '' end,
        applicant_address = case when r.is_company then r.applicant_address else '' end where r.id = any (over);
    update public.road_request r set place = '', description = ''
        where r.forgotten_date is not null and not r.is_company and (r.place, r.description) <> ('', '');
    return query select unnest(over);
end $$;
revoke execute on function arpent.forget_requests from public;
grant execute on function arpent.forget_requests to arpent_worker;
