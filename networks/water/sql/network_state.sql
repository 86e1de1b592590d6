-- What a node n does to the water, as an expression for `execute`: $2 are the kinds of sources. The numbers are those of
-- networks.water.services.graph.State. Valves of families that have no position are like any other node.
create or replace function arpent.network_state(valves boolean) returns text
language sql immutable set search_path = pg_catalog as $$
    select 'case when n.service_state <> ''en_service'' then 0 when n.kind = any($2) then 1 when n.kind <> ''valve'' then 0 else '
        || case when valves then 'case when n."position" = ''closed''
                then case when n."condition" in (''broken'', ''buried'') then 6 else 3 end
            when n."condition" = ''broken'' then 4 when n."condition" = ''buried'' then 5 else 2 end'
        else '0' end || ' end';
$$;
