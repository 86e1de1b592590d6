-- The private table that rows of scope `part:X` belong to: the one that the foreign key in column X points to.
create or replace function arpent.whole_of(target regclass, scope text) returns regclass
language plpgsql stable set search_path = pg_catalog as $$
declare
    whole regclass := (
        select confrelid from pg_constraint join pg_attribute on attrelid = conrelid and array[attnum] = conkey
        where contype = 'f' and conrelid = target and attname = split_part(scope, ':', 2));
begin
    if whole is null then
        raise exception using errcode = '22023', message = 'no foreign key for the scope ' || scope;
    end if;
    return whole;
end $$;
