-- Imports of sections and markers keep what they change of them (arpent.keep_replaced), and tell what people changed since.
do $$
begin
    if to_regclass('public.road_axis') is not null then
        perform arpent.keep_table('public.road_node', true);
        perform arpent.keep_table('public.road_section', true);
        perform arpent.keep_table('public.road_marker', true);
    end if;
end $$;
