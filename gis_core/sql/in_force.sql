-- Whether a membership gives its rights now: it was accepted, and its last day is not over in Paris.
create or replace function arpent.in_force(accepted_at timestamptz, last_date date) returns boolean
language sql stable parallel safe set search_path = pg_catalog as $$
    select accepted_at is not null and (last_date is null or last_date >= (now() at time zone 'Europe/Paris')::date)
$$;
