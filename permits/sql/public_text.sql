-- What somebody wrote of a file, as everybody may read it: empty where it holds a title that people are named with, or a word
-- of a name that the file, or one that it changes or that changes it, knows: who asks, who acts for them, their architect; and
-- where no applicant is known to compare it with. For the functions of the register alone.
create or replace function arpent.public_text(file bigint, written text) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce((
        select written from public.permits_applicant
        where permit_id = file and written !~ '\mM{1,2}\.'
            and arpent.fold_words(written) !~ ' (m(me|mes|lle|lles)|mr|monsieur|madame|mademoiselle|messieurs|mesdames|consorts|epoux|epouse|veuve|famille|indivision|succession|hoirie|heritiers) '
            and not exists (
                select from public.permits_permit own
                join public.permits_permit p on coalesce(own.parent_id, own.id) in (p.id, p.parent_id)
                join public.permits_applicant a on a.permit_id = p.id
                cross join lateral unnest(array[a.name, a.agent, a.architect]) person
                cross join lateral arpent.name_words(person) word
                where own.id = file and word in (select arpent.name_words(written)))), '')
$$;
revoke execute on function arpent.public_text from public;
