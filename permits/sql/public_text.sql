-- What somebody wrote of a file, as everybody may read it: empty where it holds a title that people are named with, or a word
-- of a name that the file, or one that it changes or that changes it, knows: who asks, who acts for them, their architect
-- (« legoff » too for « Le Goff », and the other way); and where no applicant is known to compare it with. For the functions of
-- the register alone.
create or replace function arpent.public_text(file bigint, written text) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
    with said as materialized (select arpent.fold_words(written) as folded),
    known as materialized (
        select bool_or(a.permit_id = file) as compared,
            string_to_array(trim(arpent.fold_words(string_agg(concat_ws(' ', a.name, a.agent, a.architect), ' '))), ' ') as words
        from public.permits_permit own
        cross join lateral (
            select coalesce(own.parent_id, own.id)
            union all select id from public.permits_permit where parent_id = coalesce(own.parent_id, own.id)) related(id)
        join public.permits_applicant a on a.permit_id = related.id
        where own.id = file)
    select coalesce((
        select written from said, known
        where compared and written !~ '\mM{1,2}\.'
            and folded !~ ' (m(me|mes|lle|lles)|mr|monsieur|madame|mademoiselle|messieurs|mesdames|consorts|epoux|epouse|veuve|famille|indivision|succession|hoirie|heritiers) '
            and not exists (
                select from generate_subscripts(words, 1) i
                cross join lateral (values (words[i], words[i]), (words[i] || words[i + 1], words[i + 1])) one(word, last)
                where length(word) > 1
                    and not array[words[i], last] <@ array['de', 'du', 'des', 'd', 'la', 'le', 'les', 'l', 'et', 'en', 'au', 'aux']
                    and case
                        when position(' ' || word || ' ' in folded) > 0 then true
                        when length(word) > 4 and position(word in replace(folded, ' ', '')) > 0
                            then folded ~ (' ' || regexp_replace(word, '(.)(?=.)', '\1 ?', 'g') || ' ')
                        else false end)), '')
$$;
revoke execute on function arpent.public_text from public;
