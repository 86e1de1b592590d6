-- What a section of road costs on a detour, in seconds: its length at the speed that its kind and importance let one drive, and
-- never above its limit; small roads count longer than they take, more so for lorries, so that a lane is a last resort.
-- No speed is above 110 km/h: `networks.roadworks.services.detours` knows how far a better way could lie from that.
create or replace function arpent.road_seconds(
    length_m float8, nature text, importance text, status text, speed_kmh int, built_up boolean, heavy boolean)
returns float8 language sql immutable parallel safe
return length_m * 3.6
        / greatest(5, least(coalesce(nullif(speed_kmh, 0), 130), case when built_up then 50 else 130 end, case nature
            when 'autoroute' then 110 when '2chaussees' then 90 when 'bretelle' then 50 when 'rond_point' then 30
            else case importance when '1' then 80 when '2' then 80 when '3' then 70 when '4' then 60 when '5' then 40
                when '6' then 20 else case when status in ('01', '02', '03') then 70 else 45 end end end))
        * case when importance in ('1', '2', '3', '4') or (importance is null and status in ('01', '02', '03')) then 1
            when importance = '6' then case when heavy then 4 else 2 end
            else case when heavy then 2 else 1.3 end end;
