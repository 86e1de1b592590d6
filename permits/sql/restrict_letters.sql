-- Letters of planning applications that name the applicant are shown to those who read applicants, and to whoever wrote them.
drop policy if exists permit_letters on public.gis_core_letter;
create policy permit_letters on public.gis_core_letter as restrictive for select to arpent_web using (
    about_kind <> 'permit' or not nominative or created_by_id = (select arpent.user_id()) or arpent.reads_applicants(owner_id, insee)
);
