-- Whether the asker may open this piece: it may hold what is personal, so only who reads the file's applicant does, and it
-- is written in the journal. Nobody opens a form once its applicant was forgotten.
create or replace function arpent.read_piece(piece bigint, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    opened bigint := (
        select p.id from public.permits_piece o join public.permits_permit p on p.id = o.permit_id
        where o.id = piece and not o.closed and arpent.reads_applicants(p.owner_id, p.insee));
begin
    if opened is null then
        return false;
    end if;
    perform arpent.journal_applicants(array[opened], 'read', why);
    return true;
end $$;
