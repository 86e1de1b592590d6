-- Keep a family of tables a network: <family>_node, <family>_pipe, <family>_connection. Safe to repeat.
create or replace function arpent.install_topology(family text) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare
    node regclass := to_regclass(format('public.%I', family || '_node'));
    pipe regclass := to_regclass(format('public.%I', family || '_pipe'));
    service regclass := to_regclass(format('public.%I', family || '_connection'));
begin
    if node is null or pipe is null or service is null then
        return;
    end if;
    execute format('create or replace trigger arpent_topology_before before insert or update on %s for each row when (%s) execute function arpent.connect_pipe(%L)',
        pipe, arpent.topology_works(), family);
    execute format('create or replace trigger arpent_topology_after after update or delete on %s for each row when (%s) execute function arpent.leave_nodes(%L)',
        pipe, arpent.topology_works(), family);
    execute format('create or replace trigger arpent_topology_before before insert or update on %s for each row when (%s) execute function arpent.place_node(%L)',
        node, arpent.topology_works(), family);
    execute format('create or replace trigger arpent_topology_after after insert or update on %s for each row when (%s) execute function arpent.carry_pipes(%L)',
        node, arpent.topology_works(), family);
    execute format('create or replace trigger arpent_topology_delete before delete on %s for each row when (%s) execute function arpent.merge_pipes(%L)',
        node, arpent.topology_works(), family);
    execute format('create or replace trigger arpent_topology_before before insert or update on %s for each row when (%s) execute function arpent.attach_connection(%L)',
        service, arpent.topology_works(), family);
end $$;
