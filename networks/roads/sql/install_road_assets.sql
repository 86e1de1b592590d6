-- Keep assets bound to sections of road, and following them. Safe to repeat.
create or replace function arpent.install_road_assets() returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
    if to_regclass('public.road_inspection') is null then
        return;
    end if;
    create or replace trigger arpent_bind before insert or update on road_asset
        for each row execute function arpent.bind_asset();
    create or replace trigger arpent_bind before insert or update on road_stretch
        for each row execute function arpent.bind_asset();
    create or replace trigger arpent_code before insert or update of code on road_asset
        for each row when (new.code is not null) execute function arpent.fold_sign_code();
    create or replace trigger arpent_assets_insert after insert on road_section referencing new table as new_rows
        for each statement execute function arpent.record_sections();
    create or replace trigger arpent_assets_update after update on road_section
        referencing old table as old_rows new table as new_rows for each statement execute function arpent.record_sections();
    create or replace trigger arpent_assets_delete after delete on road_section referencing old table as old_rows
        for each statement execute function arpent.record_sections();
    create or replace trigger arpent_inspected after insert or update or delete on road_inspection
        for each row execute function arpent.follow_inspection();
    -- A constraint trigger cannot be replaced.
    if not exists (select from pg_trigger where tgrelid = 'public.road_change'::regclass and tgname = 'arpent_follow') then
        create constraint trigger arpent_follow after insert on road_change deferrable initially deferred
            for each row when (new.section_id is null) execute function arpent.follow_sections();
    end if;
end $$;
