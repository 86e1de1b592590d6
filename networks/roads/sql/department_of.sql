-- The Département of a commune by its INSEE code: three signs overseas.
create or replace function arpent.department_of(insee text) returns text
language sql immutable parallel safe as $$
    select case when insee >= '97' and insee < '99' then left(insee, 3) else left(insee, 2) end
$$;
