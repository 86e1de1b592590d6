-- What was entered by mistake goes, as long as nobody ever decided and nothing is attached; any other request is a public archive.
create or replace function arpent.keep_request() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    if current_user in ('arpent_web', 'arpent_worker') and (old.state <> 'received' or old.was_decided or old.forgotten_date is not null
            or exists (select from public.road_piece p where p.request_id = old.id)) then
        raise exception using errcode = '55000', message = 'a request that was decided or has pieces is kept';
    end if;
    return old;
end $$;
