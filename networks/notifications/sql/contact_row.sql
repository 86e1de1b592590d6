-- A contact as whoever may read it sees it: its row without what is only compared, and since when which channel is closed.
create or replace function arpent.contact_row(one public.notifications_contact) returns jsonb
language sql stable security definer set search_path = pg_catalog, public as $$
    select to_jsonb(one) - '{name_key,address_key,search_text,geom}'::text[]
        || jsonb_build_object(
            'x', st_x(one.geom), 'y', st_y(one.geom),
            'sms_stop', (select to_jsonb(s) - '{value}'::text[] from public.notifications_optout s
                         where s.owner_id = one.owner_id and s.channel = 'sms' and s.value = one.phone),
            'email_stop', (select to_jsonb(s) - '{value}'::text[] from public.notifications_optout s
                           where s.owner_id = one.owner_id and s.channel = 'email' and s.value = one.email))
$$;
revoke execute on function arpent.contact_row from public;
