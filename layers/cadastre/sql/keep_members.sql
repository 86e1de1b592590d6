-- Imports of communes keep what they change of members and their territories, which the agency changes, too.
select arpent.keep_table('public.gis_core_member', true);
select arpent.keep_table('public.gis_core_territory', true);
