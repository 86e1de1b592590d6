-- Whether who keeps a section manages it, by what the section says: its département or its inter-communal body.
create or replace function arpent.manages_road(manager text, member_kind text) returns boolean
language sql immutable parallel safe
return coalesce((manager, member_kind) in (('03', 'departement'), ('04', 'epci')), false);
