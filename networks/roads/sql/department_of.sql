-- The Département of a commune by its INSEE code: three signs overseas; null for what is no code.
create or replace function arpent.department_of(insee text) returns text
language sql immutable parallel safe
return upper(substring(insee from '^(9[78]\d|2[ABab]|\d\d)'));
