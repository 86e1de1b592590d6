-- Imports of sections and markers keep what they change of them (arpent.keep_replaced).
do $$
begin
    if to_regclass('public.road_axis') is not null then
        perform arpent.keep_table('public.road_node');
        perform arpent.keep_table('public.road_section');
        perform arpent.keep_table('public.road_marker');
    end if;
end $$;
