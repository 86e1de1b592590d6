-- Have every change of a table reported to the security journal (report_changes), but for these columns changing alone.
create or replace function arpent.report_table(target regclass, unwatched text[] default '{}') returns void
language plpgsql set search_path = pg_catalog as $$
begin
    execute format('create or replace trigger arpent_970_report_insert after insert on %s
        referencing new table as new_rows for each statement execute function arpent.report_changes(%L)', target, unwatched);
    execute format('create or replace trigger arpent_970_report_update after update on %s
        referencing old table as old_rows new table as new_rows for each statement execute function arpent.report_changes(%L)', target, unwatched);
    execute format('create or replace trigger arpent_970_report_delete after delete on %s
        referencing old table as old_rows for each statement execute function arpent.report_changes(%L)', target, unwatched);
end $$;
