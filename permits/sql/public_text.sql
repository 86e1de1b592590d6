-- What somebody wrote of a file, as everybody may read it: empty where it holds a word of the applicant's name or a title
-- that people are named with, and where no applicant is known to compare it with. For the functions of the register alone.
create or replace function arpent.public_text(file bigint, written text) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
    select coalesce((
        select written from public.permits_applicant a
        where a.permit_id = file and written !~ '\mM{1,2}\.'
            and arpent.fold_words(written) !~ ' (m(me|mes|lle|lles)|mr|monsieur|madame|mademoiselle|messieurs|mesdames|consorts|epoux|epouse|veuve|famille|indivision|succession|heritiers) '
            and not exists (
                select from regexp_split_to_table(trim(arpent.fold_words(a.name)), ' ') word
                where length(word) > 1 and word not in ('de', 'du', 'des', 'la', 'le', 'les', 'et', 'en', 'au', 'aux')
                    and position(' ' || word || ' ' in arpent.fold_words(written)) > 0)), '')
$$;
revoke execute on function arpent.public_text from public;
