from typing import Any

from django.db import migrations

from networks.roads.references import NotAReferenceError, route_of

TABLES = ("road_section", "road_marker", "road_axis")
NUMBERS = "select route from road_section union select route from road_marker"
SECTIONS = """
    update road_section s set route = given.kept,
        department = case when given.kept is null then '' when s.department <> '' then s.department
            else coalesce((select o.department from road_section o
                where o.route = given.kept and o.department <> '' and o.geom && st_expand(s.geom, 3000)
                order by st_distance(o.geom, st_lineinterpolatepoint(s.geom, 0.5)), o.id limit 1), '') end
    from unnest(%s::text[], %s::text[]) as given(written, kept) where s.route = given.written
"""
# Where two markers would be one, the second one stays as it is written, for somebody to look at.
MARKERS = """
    with meant as materialized (
        select m.id, given.kept, m.number, m.carriageway, coalesce(nullif(m.department, ''), (
            select s.department from road_section s
            where s.route = given.kept and s.department <> '' and s.geom && st_expand(m.geom, 3000)
            order by st_distance(s.geom, m.geom), s.id limit 1), '') as department
        from road_marker m join unnest(%s::text[], %s::text[]) as given(written, kept) on m.route = given.written
        where given.kept is not null
    ), first as (
        select distinct on (kept, department, number, carriageway) * from meant order by kept, department, number, carriageway, id
    )
    update road_marker m set route = f.kept, department = f.department from first f
    where m.id = f.id and not exists (select from road_marker o where o.id <> m.id
        and (o.route, o.department, o.number, o.carriageway) = (f.kept, f.department, f.number, f.carriageway))
"""
AXES = "update road_axis set stale = true where route = any(%s)"


def as_kept(written: str) -> str | None:
    """As `arpent.name_route` keeps it; what it would refuse, without spaces and in upper case."""
    try:
        kept = route_of(written)
    except NotAReferenceError:
        kept = "".join(written.split()).upper()
    return (kept if len(kept) <= 12 else written) or None


def mend(_apps: Any, editor: Any) -> None:
    """Roads whose number was typed another way are those of this number; nobody edited them, so no history."""
    with editor.connection.cursor() as cursor:
        cursor.execute(NUMBERS)
        kept = {written: as_kept(written) for (written,) in cursor.fetchall() if written is not None}
        other = {written: one for written, one in kept.items() if one != written}
        if not other:
            return
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        given = [list(other), list(other.values())]
        cursor.execute(SECTIONS, given)
        cursor.execute(MARKERS, given)
        cursor.execute(AXES, [[one for one in (*other, *other.values()) if one]])
        for table in TABLES:
            cursor.execute(f"alter table {table} enable trigger user")


class Migration(migrations.Migration):
    dependencies = [
        ("roads", "0005_delivered"),
    ]

    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
    ]
