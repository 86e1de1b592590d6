-- The best ways between nodes of road inside an area, for a vehicle (a limit that is null is no matter), without the closed
-- sections, nor against what is closed in one direction alone: one row for each section passed, in order; the last row of a way has edge -1. Every pair of starts and ends at once:
-- the graph is read once.
drop function if exists arpent.road_ways(bigint[], bigint[], bigint[], geometry, float8, float8, float8, float8, float8);
create or replace function arpent.road_ways(
    starts bigint[], ends bigint[], closed bigint[], no_forward bigint[], no_backward bigint[], area geometry,
    height float8, width float8, long float8, weight float8, axle float8)
returns table (start_id bigint, end_id bigint, step int, node bigint, edge bigint, reached float8)
language plpgsql stable set search_path = pg_catalog, public as $$
declare
    sections text := format('
        select id, start_node_id as source, end_node_id as target,
            case when traffic_way in (''both'', ''forward'') and id <> all (%9$L::bigint[]) then seconds else -1 end as cost,
            case when traffic_way in (''both'', ''backward'') and id <> all (%10$L::bigint[]) then seconds else -1 end as reverse_cost
        from (select id, start_node_id, end_node_id, traffic_way, arpent.road_seconds(
                st_length(geom), nature, importance, status, speed_kmh::int, built_up, %8$L) as seconds
            from public.road_section
            where geom && %1$L::geometry and id <> all (%2$L::bigint[])
                and arpent.road_takes_traffic(nature, status, manager, traffic_way)
                and (%3$L::float8 is null or max_height_m is null or max_height_m >= %3$L::float8)
                and (%4$L::float8 is null or max_width_m is null or max_width_m >= %4$L::float8)
                and (%5$L::float8 is null or max_length_m is null or max_length_m >= %5$L::float8)
                and (%6$L::float8 is null or max_weight_t is null or max_weight_t >= %6$L::float8)
                and (%7$L::float8 is null or max_axle_t is null or max_axle_t >= %7$L::float8)) s',
        area, closed, height, width, long, weight, axle, coalesce(weight >= 3.5, false), no_forward, no_backward);
begin
    return query select w.start_vid, w.end_vid, w.path_seq::int, w.node, w.edge, w.agg_cost
        from public.pgr_dijkstra(sections, starts, ends, true) w;
end $$;
