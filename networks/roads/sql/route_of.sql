-- A road's number as it is kept: "RD 2020" and "d2020" are "D2020"; null for what is the number of no road. As
-- networks.roads.references.route_of says.
create or replace function arpent.route_of(number text) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
    plain text := upper(btrim(regexp_replace(number, '[\s\u00a0\u202f]+', ' ', 'g')));
    found text[];
begin
    plain := regexp_replace(plain, '^(ROUTE )?D[ÉéE]PARTEMENTALE\y', 'D');
    plain := regexp_replace(plain, '^(ROUTE )?NATIONALE\y', 'N');
    plain := regexp_replace(plain, '^(ROUTE )?M[ÉéE]TROPOLITAINE\y', 'M');
    found := regexp_match(plain, '^(?:R(?=[DNM]))?(VC|CR|[ANDMC])[\s.\-]*(\d{1,4})(?!\s[UDG]$)'
        '(?:\s?(BIS|TER|QUATER|[A-Z]{1,2}\d{0,2}))?$');
    return found[1] || found[2]::int || coalesce(found[3], '');
end $$;
