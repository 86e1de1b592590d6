-- Imports of communes keep what they change of members and their territories.
select arpent.keep_table('public.gis_core_member');
select arpent.keep_table('public.gis_core_territory');
