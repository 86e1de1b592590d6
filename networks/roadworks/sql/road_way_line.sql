-- The line of a way that `road_ways` found: sections in order, each from the node where it is entered.
create or replace function arpent.road_way_line(nodes bigint[], edges bigint[]) returns geometry
language plpgsql stable set search_path = pg_catalog, public as $$
begin
    return (
        select st_removerepeatedpoints(st_makeline(
            case when s.start_node_id = passed.node then s.geom else st_reverse(s.geom) end order by passed.rank))
        from unnest(nodes, edges) with ordinality passed(node, edge, rank) join public.road_section s on s.id = passed.edge);
end $$;
