-- Pieces and answers of planning applications are kept, and so are the files that they belong to.
do $$ begin
    if to_regclass('public.permits_piece') is not null then
        create or replace trigger arpent_kept before delete or update on public.permits_piece
            for each row execute function arpent.keep_document();
        create or replace trigger arpent_kept before delete on public.permits_consultation
            for each row execute function arpent.keep_document();
        create or replace trigger arpent_kept before delete on public.permits_event
            for each row execute function arpent.keep_document();
        create or replace trigger arpent_kept before delete on public.permits_permit
            for each row execute function arpent.keep_document();
    end if;
end $$;
