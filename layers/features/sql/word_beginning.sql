-- How a word of a search stands in a text that has a space before each word, as a pattern for `~`: it begins one. Saint and
-- its like are found where they are written short, too: names that others wrote are kept as they came.
create or replace function arpent.word_beginning(word text) returns text
language sql immutable parallel safe strict
return case when word in ('saint', 'sainte', 'saints', 'saintes') then ' (' || word || '|' || replace(word, 'ain', '') || '( |$))'
    else ' ' || regexp_replace(word, '[^0-9a-z]', '', 'g') end;
