-- A final letter, or the record of a review of rights, is neither changed nor removed, by whatever role.
create or replace function arpent.refuse_final() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    if old.state = 'final' then
        raise exception using errcode = '55000', message = 'a final letter is neither changed nor removed';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
