-- Trigger before a sign is written, whoever writes it: its code as the IISR writes it, without spaces: "b 14" is B14, "ab3A" AB3a
-- (networks.roads.iisr.normal). What has not the form of a code stays as it was written.
create or replace function arpent.fold_sign_code() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare
    part text[] := regexp_match(regexp_replace(btrim(new.code), '[\s\u00a0\u202f]+', ' ', 'g'),
        '^([A-Za-z]{1,3}) ?(\d{1,3})(?:-(\d))? ?([A-Za-z]?\d?[A-Za-z]?)$');
begin
    if part is not null then
        new.code := upper(part[1]) || part[2] || coalesce('-' || part[3], '') || lower(part[4]);
    end if;
    return new;
end $$;
