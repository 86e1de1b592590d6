-- Tell a person that the asker changed what they had written.
create or replace function arpent.notify(person integer, layer bigint, feature bigint, action text, fields text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into public.features_notice (person_id, layer_id, feature, action, fields, by_id, at)
    select u.id, layer, feature, action, fields, nullif(arpent.user_id(), 0), clock_timestamp()
    from public.gis_core_user u where u.id = person;
end $$;
