-- A reference as it is searched: small letters and digits alone, without the zeros that begin a number (LYS-V0131 is
-- lysv131). Indexes are made of it.
create or replace function arpent.fold_reference(reference text) returns text
language sql immutable parallel safe strict
return regexp_replace(
    regexp_replace(lower(reference), '(^|[^0-9])0+(?=[0-9])', '\1', 'g'), '[^0-9a-z]', '', 'g');
