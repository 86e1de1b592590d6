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
    if to_regclass('public.road_transmission') is null then
        return;
    end if;
    -- A line comes with the request that it tells of: only what sends one writes it (arpent.transmit_request).
    drop policy if exists road_transmissions_added on public.road_transmission;
    drop policy if exists road_transmissions_changed on public.road_transmission;
    drop policy if exists road_transmissions_deleted on public.road_transmission;
    create policy road_transmissions_added on public.road_transmission as restrictive for insert to arpent_web with check (false);
    create policy road_transmissions_changed on public.road_transmission as restrictive for update to arpent_web using (false);
    create policy road_transmissions_deleted on public.road_transmission as restrictive for delete to arpent_web using (false);
end $$;
