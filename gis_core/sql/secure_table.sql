-- The one way a table becomes part of the platform: grants, row policies, version and history triggers, by its scope.
-- docs/reference/scopes.md says what each one makes, and a test compares.
--   open       accounts, sessions, queues: read before the asker is known, so no row policy
--   edited     members, territories, roles, themes: as open, and every change keeps the former row
--   given      memberships: as edited, but the site changes them through functions alone, which ask the asker's role again
--   added      lines that the site adds and neither changes nor removes
--   reference  public reference data: everyone reads, the worker loads, statements leave a trace, imports keep what they replace
--   owner      rows of a member (owner_id), seen by it and by those in shared_with
--   shown      rows of a member (owner_id) that everybody sees and its people change; those of nobody only functions change
--   announced  rows of a member that its people change and see, and everybody, town halls too, once they are announced (announced)
--   filed      as owner; a town hall writes rows of its communes, too (insee)
--   job        as owner; without one, rows of whoever started them (started_by_id)
--   insee      personal rows, seen by whoever may see the commune (insee)
--   visibility layers of the catalogue
--   layer      rows of one layer of the catalogue
--   feature    what is kept beside a feature of a layer (layer_id), for those who see it: all who see the layer, or, where
--              its rows are protected one by one (private), those who see the owner's (owner_id, shared_with)
--   person     rows of one person (person_id)
--   part:X     rows that belong to a row of a private table, by the foreign key in column X (part:X:filed: of that scope)
--   nominative:L:C  who owns what: whoever has just written in the journal of owners that they read this row's parcel or
--              account (column C), with the level L at least
--   journal    lines that a function writes and nobody changes; administrators of the members concerned read them
--   system     nobody but the owner's own functions
create or replace function arpent.secure_table(target regclass, scope text, history boolean default true, layer_id bigint default null)
returns void language plpgsql set search_path = pg_catalog, public as $$
declare
    reads text;
    writes text;
    versioned boolean := exists (select from pg_attribute where attrelid = target and attname = 'version' and not attisdropped);
    sequence text;
begin
    execute format('revoke all on %s from arpent_web, arpent_worker', target);
    for sequence in select distinct pg_get_serial_sequence(target::text, attname) from pg_attribute
        where attrelid = target and attnum > 0 and not attisdropped loop
        if sequence is not null and scope not in ('system', 'journal') then
            execute format('grant usage, select on sequence %s to arpent_web, arpent_worker', sequence);
        end if;
    end loop;
    if scope = 'system' then
        execute format('alter table %s enable row level security', target);
        return;
    end if;
    if scope = 'journal' then
        execute format('grant select on %s to arpent_web', target);
        execute format('alter table %s enable row level security', target);
        execute format('drop policy if exists arpent_read on %s', target);
        execute format('create policy arpent_read on %s for select to arpent_web using (%s)', target, arpent.row_policy(target, scope));
        return;
    end if;
    execute format('grant select, insert, update, delete on %s to arpent_worker', target);
    execute format('grant select%s on %s to arpent_web',
        case when scope in ('reference', 'given') or scope like 'nominative:%' then ''
            when scope = 'added' then ', insert' else ', insert, update, delete' end, target);
    if scope in ('open', 'added') then
        return;
    end if;
    execute format('create or replace trigger arpent_990_truncate after truncate on %s execute function arpent.record_statement()', target);
    if scope in ('edited', 'given') then
        perform arpent.record_history(target);
        return;
    end if;
    if scope = 'reference' then
        execute format('create or replace trigger arpent_980_statement after insert or update or delete on %s
            for each statement execute function arpent.record_statement()', target);
        perform arpent.keep_table(target);
        return;
    end if;

    if scope like 'nominative:%' then
        perform arpent.keep_table(target);
    end if;
    reads := arpent.row_policy(target, scope, layer_id);
    writes := arpent.write_policy(target, scope, layer_id);
    execute format('alter table %s enable row level security', target);
    execute format('drop policy if exists arpent_read on %1$s; drop policy if exists arpent_insert on %1$s;
        drop policy if exists arpent_update on %1$s; drop policy if exists arpent_delete on %1$s;
        drop policy if exists arpent_work on %1$s', target);
    execute format('create policy arpent_read on %s for select to arpent_web using (%s)', target, reads);
    execute format('create policy arpent_insert on %s for insert to arpent_web with check (%s)', target, writes);
    execute format('create policy arpent_update on %s for update to arpent_web using (%2$s) with check (%2$s)', target, writes);
    execute format('create policy arpent_delete on %s for delete to arpent_web using (%s)', target, writes);
    execute format('create policy arpent_work on %s to arpent_worker using (true) with check (true)', target);
    if versioned then
        execute format('create or replace trigger arpent_900_version before insert or update on %s
            for each row execute function arpent.next_version()', target);
    end if;
    if history and versioned then
        perform arpent.record_history(target);
    end if;
end $$;
