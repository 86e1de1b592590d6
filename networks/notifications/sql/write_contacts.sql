-- Write contacts of a member, for whoever may read them: those with an id are changed, others replace the one of the same
-- reference, or of the same name and address, or are new. `given` is a list of rows, each with its place in the list (`row`).
-- A number, an e-mail address, an address, a service connection that is null is not spoken of: it stays as it was.
-- Returns the place and the id of each one written, and whether it is new; it writes the journal. Null where nobody may.
create or replace function arpent.write_contacts(member bigint, given jsonb, why text)
returns table (place int, contact bigint, made boolean)
language plpgsql security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare
    one record;
    same bigint;
    ids bigint[] := '{}';
begin
    if not arpent.reads_contacts(member) then
        return;
    end if;
    for one in select r.* from jsonb_to_recordset(given) as r(
            row int, id bigint, reference text, name text, name_key text, address text, address_key text, connection text,
            x float, y float, phone text, mobile boolean, email text, sms_consent boolean, sms_consent_date date,
            sms_consent_how text, email_consent boolean, email_consent_date date, email_consent_how text,
            search_text text, confirmed_date date) loop
        same := null;
        -- One question each: an index answers it.
        if one.id is not null then
            select c.id into same from public.notifications_contact c where c.owner_id = member and c.id = one.id;
        elsif one.reference <> '' then
            select c.id into same from public.notifications_contact c where c.owner_id = member and c.reference = one.reference
                and c.reference <> '';
        else
            select c.id into same from public.notifications_contact c where c.owner_id = member and c.reference = ''
                and c.name_key = one.name_key and c.address_key = coalesce(one.address_key, '');
        end if;
        if same is null and one.id is not null then
            continue;
        end if;
        made := same is null;
        if made then
            insert into public.notifications_contact (owner_id, reference, name, name_key, address, address_key, connection, phone,
                mobile, email, sms_consent_how, email_consent_how, search_text, confirmed_date)
            values (member, one.reference, one.name, one.name_key, '', coalesce(one.address_key, ''), '', '', false, '', '', '',
                '', one.confirmed_date)
            returning notifications_contact.id into same;
        end if;
        -- A consent that the list does not tell stays as it was.
        update public.notifications_contact c set reference = one.reference, name = one.name, name_key = one.name_key,
            address = coalesce(one.address, c.address), address_key = coalesce(one.address_key, c.address_key),
            connection = coalesce(one.connection, c.connection),
            geom = coalesce(st_setsrid(st_makepoint(one.x, one.y), 2154),
                case when one.address is null or one.connection is null then c.geom end),
            phone = coalesce(one.phone, c.phone), mobile = coalesce(one.mobile, c.mobile), email = coalesce(one.email, c.email),
            sms_consent = coalesce(one.sms_consent, case when one.id is null then c.sms_consent end),
            sms_consent_date = case when one.sms_consent is null and one.id is null then c.sms_consent_date else one.sms_consent_date end,
            sms_consent_how = case when one.sms_consent is null and one.id is null then c.sms_consent_how else one.sms_consent_how end,
            email_consent = coalesce(one.email_consent, case when one.id is null then c.email_consent end),
            email_consent_date = case when one.email_consent is null and one.id is null then c.email_consent_date else one.email_consent_date end,
            email_consent_how = case when one.email_consent is null and one.id is null then c.email_consent_how else one.email_consent_how end,
            -- The words of what stays are among the former ones.
            search_text = case when num_nulls(one.phone, one.email, one.address) > 0
                then (select string_agg(distinct ' ' || word, '') from regexp_split_to_table(c.search_text || one.search_text, ' ') word
                    where word <> '')
                else one.search_text end, confirmed_date = one.confirmed_date
        where c.id = same;
        ids := ids || same;
        place := one.row;
        contact := same;
        return next;
    end loop;
    perform arpent.journal_contacts(member, ids, 'written', why);
end $$;
