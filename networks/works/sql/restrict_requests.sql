-- Requests name people, and so do the letters about them: only those who deal with requests see either.
do $$ begin
    if to_regclass('public.road_request') is null then
        return;
    end if;
    drop policy if exists road_requests on public.road_request;
    create policy road_requests on public.road_request as restrictive to arpent_web
        using (arpent.deals_with_requests(owner_id, insee)) with check (arpent.deals_with_requests(owner_id, insee));
    drop policy if exists road_request_letters on public.gis_core_letter;
    create policy road_request_letters on public.gis_core_letter as restrictive for select to arpent_web using (
        about_kind <> 'road-request' or arpent.deals_with_requests(owner_id, insee));
    if to_regclass('public.road_transmission') is not null then
        -- A line comes with the request that it tells of: only what sends one writes it (arpent.transmit_request).
        revoke insert, update, delete on public.road_transmission from arpent_web;
    end if;
end $$;
