-- Whether the asker may read a former row, given as JSON: the agency, and people of the member that owned it. A row without
-- an owner belongs to its layer; of a row that nothing tells about, nobody but the agency may know.
create or replace function arpent.history_of_row(former jsonb) returns boolean
language sql stable set search_path = pg_catalog as $$
    select arpent.is_agency() or (former is not null and ((former ->> 'owner_id') is null
        or (former ->> 'owner_id')::int = any (arpent.members())))
$$;
