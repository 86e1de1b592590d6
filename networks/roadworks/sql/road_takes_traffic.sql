-- Whether traffic may be sent over a section of road: no path, track, cycle path, ferry, private road or rural way.
create or replace function arpent.road_takes_traffic(nature text, status text, manager text, traffic_way text)
returns boolean language sql immutable parallel safe
return traffic_way <> 'none' and coalesce(manager, '') <> '07' and coalesce(status, '') not in ('06', '07')
        and coalesce(nature, '') not in ('empierree', 'chemin', 'sentier', 'escalier', 'bac', 'cyclable');
