-- Works take their detours with them when they go; detours have the days of their works.
do $$ begin
    if to_regclass('public.road_request') is not null then
        create or replace trigger arpent_leave before delete on public.road_work
            for each row execute function arpent.leave_work();
        create or replace trigger arpent_date before insert or update on public.road_detour
            for each row execute function arpent.date_detour();
    end if;
end $$;
-- Requests, their pieces and the orders that were published are kept.
do $$ begin
    if to_regclass('public.road_order_file') is not null then
        create or replace trigger arpent_kept before delete on public.road_request
            for each row execute function arpent.keep_request();
        create or replace trigger arpent_kept before delete or update on public.road_piece
            for each row execute function arpent.keep_document();
        create or replace trigger arpent_kept before delete on public.road_order
            for each row execute function arpent.keep_document();
        create or replace trigger arpent_kept before delete on public.road_order_file
            for each row execute function arpent.keep_document();
    end if;
end $$;
