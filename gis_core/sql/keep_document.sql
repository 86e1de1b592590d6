-- Documents of administrative files are public archives: neither the site nor the worker deletes their rows, or takes the marks of
-- a removal or of a visa away. Contents are erased by the services, which write the visa.
create or replace function arpent.keep_document() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
    former jsonb := to_jsonb(old);
    given jsonb;
    mark text;
begin
    if current_user not in ('arpent_web', 'arpent_worker') then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        raise exception using errcode = '55000', message = 'a document of a file is kept: it is marked as removed';
    end if;
    given := to_jsonb(new);
    foreach mark in array array['removed_at', 'erased_at', 'visa_number', 'visa_date', 'closed'] loop
        if coalesce(former ->> mark, '') not in ('', 'false') and given ->> mark is distinct from former ->> mark then
            raise exception using errcode = '55000', message = 'the marks of a removed document stay';
        end if;
    end loop;
    return new;
end $$;
