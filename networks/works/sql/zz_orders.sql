-- Works take their detours with them when they go.
do $$ begin
    if to_regclass('public.road_request') is not null then
        create or replace trigger arpent_leave before delete on public.road_work
            for each row execute function arpent.leave_work();
    end if;
end $$;
