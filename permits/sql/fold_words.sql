-- A text as words: lower case, no accents, no punctuation, a space before and after each (as permits/fields.py keeps them).
create or replace function arpent.fold_words(written text) returns text
language sql immutable parallel safe set search_path = pg_catalog as $$
    select regexp_replace(translate(replace(lower(' ' || written || ' '), 'œ', 'oe'),
        'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy'), '[^0-9a-z]+', ' ', 'g')
$$;
