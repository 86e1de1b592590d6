-- Whether an open link of a consultation opens this piece: one of those that the instructor chose. It is written in the
-- journal of applicants, under the address to which the link was sent: the piece may hold what is personal.
create or replace function arpent.read_shared_piece(link bigint, piece bigint, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into public.permits_applicantreading (at, by_user, by_name, action, members, numbers, purpose)
    select clock_timestamp(), 0, l.email, 'read', array[p.owner_id::int], array[p.number], left(why, 200)
    from public.permits_consultationlink l
    join public.permits_permit p on p.id = l.permit_id
    join public.permits_piece o on o.permit_id = p.id
    where l.id = link and l.revoked_at is null and o.id = piece and o.id = any (l.piece_ids)
        and o.removed_at is null and not o.closed;
    return found;
end $$;
