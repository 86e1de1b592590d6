-- The words of a name, or of a text that may hold it, folded, and each with the next one as a single word (« legoff » for
-- « Le Goff »); no single letters, and nothing that is but particles.
create or replace function arpent.name_words(written text) returns setof text
language sql immutable parallel safe set search_path = pg_catalog as $$
    select said from (
        select word, lead(word) over (order by rank) as following
        from regexp_split_to_table(trim(arpent.fold_words(written)), ' ') with ordinality as t(word, rank)) words
    cross join lateral (values (word, word), (word || following, following)) joined(said, last)
    where length(said) > 1 and not (array[word, last] <@ array['', 'de', 'du', 'des', 'd', 'la', 'le', 'les', 'l', 'et', 'en', 'au', 'aux'])
$$;
