-- Who applied in files that ended long enough ago goes, as each member chose (ten years unless it did): a file ends with its
-- decision, its validity, or the last thing that happened to it, whichever is last. Returns the files whose time is over.
-- For the nightly task alone.
create or replace function arpent.forget_applicants(day date, why text) returns setof bigint
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    over bigint[] := array(
        select p.id from public.permits_permit p left join public.permits_settings s on s.member_id = p.owner_id
        where p.state not in ('received', 'incomplete', 'instruction') and p.ended_date is not null
            and p.ended_date + make_interval(years => coalesce(s.applicant_years, 10)) < day
            and (exists (select from public.permits_applicant a where a.permit_id = p.id)
                 or exists (select from public.permits_piece o where o.permit_id = p.id and o.kind = 'form' and not o.closed))
            and greatest(p.ended_date, p.valid_until_date, (
                    select max(e.on_date) from public.permits_event e where e.permit_id = p.id and e.struck_at is null))
                + make_interval(years => coalesce(s.applicant_years, 10)) < day);
begin
    perform arpent.journal_applicants(over, 'forgotten', why);
    delete from public.permits_applicant a where a.permit_id = any (over);
    return query select unnest(over);
end $$;
revoke execute on function arpent.forget_applicants from public;
grant execute on function arpent.forget_applicants to arpent_worker;
