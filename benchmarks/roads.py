"""Roads: a Département of 80,000 sections and 100 numbered roads, and what technicians ask of it.

Streets cross on a grid of 200 by 200 that is shaken a little; every fourth row and column is a numbered road with a
marker about each kilometre. Everything is drawn by hashes of ranks, and so the same every time.
"""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from benchmarks.database import BenchDatabase
from benchmarks.network_work import done
from benchmarks.rows import Row
from benchmarks.tiles import Field
from gis_core.identity import create_token
from gis_core.models import Commune, Member, Membership, User
from gis_core.ops.progress import step
from gis_core.rights import SYSTEM, Role, acting_as

SIDE, STREET_M, EVERY = 200, 150, 4
SECTIONS: Final = 2 * SIDE * (SIDE - 1)
ROUTES: Final = 2 * SIDE // EVERY
CORNER: Final = (560_000, 6_610_000)
MEMBER, SIREN = "mesure-routes", "999001050"
TABLES = ("road_marker", "road_section")
LOCATED = Row("route, PR et abscisse vers un point, 95e centile", None, "ms", "at most", 20)
REFERRED = Row("point vers route, PR et abscisse, 95e centile", None, "ms", "at most", 20)
COUNT, WARMING = 300, 20
LOCATE = "/api/v1/networks/roads/locate"

CHANCE = "((hashint8extended({}, {}) & 9223372036854775807) %% 1000)"
# Where streets cross, shaken by at most 30 m.
CROSSING = f"""
    create temporary table crossing on commit drop as
    select x, y, %(east)s + x * %(street)s + {CHANCE.format("x * 1000 + y", 1)} * 0.03 as east,
        %(north)s + y * %(street)s + {CHANCE.format("x * 1000 + y", 2)} * 0.03 as north
    from generate_series(0, %(side)s - 1) as x, generate_series(0, %(side)s - 1) as y;
    create unique index on crossing (x, y)
"""
# A street eastwards (0) or northwards (1), digitised either way; rows and columns of numbered roads alternate.
SECTION = f"""
    insert into road_section (owner_id, reference, route, carriageway, nature, status, manager, importance, condition,
        name_left, name_right, insee_left, insee_right, traffic_way, speed_kmh, max_weight_t, max_height_m, level,
        version, more, geom)
    select %(owner)s, 'M' || rank, route, 'U', '1chaussee', case when route is null then '05' else '03' end,
        case when route is null then '05' else '03' end, case when route is null then '5' else '3' end,
        (1 + chance %% 5)::text, name, name, insee, insee,
        case when route is null and chance < 80 then 'forward' else 'both' end,
        case when route is null then 50 else 80 end,
        case when route is null and chance between 100 and 140 then 7.5 end,
        case when chance between 200 and 205 then 3.5 end, 0, 1, '{{}}',
        st_setsrid(case when chance %% 2 = 0 then st_makeline(a, b) else st_makeline(b, a) end, 2154)
    from (
        select row_number() over (order by f.x, f.y, way) as rank,
            case when way = 0 and f.y %% %(every)s = 0 then 'D' || 1 + f.y / %(every)s
                when way = 1 and f.x %% %(every)s = 0 then 'D' || 1 + (%(side)s + f.x) / %(every)s end as route,
            case way when 0 then 'Rue est ' || f.y else 'Rue nord ' || f.x end as name,
            %(codes)s::text[] as codes, f.x / 40 * 5 + f.y / 40 as place,
            {CHANCE.format("f.x * 1000 + f.y * 2 + way", 3)} as chance,
            st_makepoint(f.east, f.north) as a, st_makepoint(t.east, t.north) as b
        from generate_series(0, 1) as way cross join crossing f
            join crossing t on t.x = f.x + (way = 0)::int and t.y = f.y + (way = 1)::int
    ) as drawn, lateral (select codes[1 + place] as insee) as town
"""
# On every seventh crossing of a numbered road, a little beside it.
MARKER = """
    insert into road_marker (owner_id, route, number, carriageway, version, more, geom)
    select %(owner)s, route, row_number() over (partition by route order by along), 'U', 1, '{}',
        st_setsrid(st_makepoint(east + 4, north + 4), 2154)
    from (
        select 'D' || 1 + y / %(every)s as route, x as along, east, north from crossing where y %% %(every)s = 0
        union all
        select 'D' || 1 + (%(side)s + x) / %(every)s, y, east, north from crossing where x %% %(every)s = 0
    ) as drawn where along %% 7 = 0
"""
REFERENCES = """
    select a.route, m.number, random() * (coalesce(m.next_m, a.length_m) - m.at_m) from road_axis_mark m
    join road_axis a on a.id = m.axis_id where m.next_m is not null order by hashint8extended(m.id, 4), m.id limit %s
"""
POINTS = """
    select st_x(at), st_y(at) from (select st_translate(st_lineinterpolatepoint(geom, 0.37), 3, -2) as at
        from road_section where route is not null order by hashint8extended(id, 5), id limit %s) as drawn
"""


@dataclass(frozen=True)
class Technician:
    """Who asks: a network technician of the Département."""

    member: Member
    user: int
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def prepared(made: BenchDatabase) -> Technician:
    """The roads and who asks, made unless they are there."""
    with acting_as(SYSTEM):
        member, _made = Member.objects.get_or_create(
            slug=MEMBER, defaults={"name": "Mesure routes", "siren": SIREN, "kind": Member.Kind.DEPARTEMENT}
        )
        user, _made = User.objects.get_or_create(username=MEMBER, defaults={"email": f"{MEMBER}@example.org"})
        Membership.objects.get_or_create(user=user, member=member, defaults={"role": Role.NETWORK_TECHNICIAN})
        token = create_token(user=user, name="mesure")[1]
        codes = list(Commune.objects.order_by("insee").values_list("insee", flat=True)[:25])
    with made.connect("owner") as connection:
        (sections,) = connection.execute("select count(*) from road_section").fetchone() or (0,)
        if not isinstance(sections, int) or sections < SECTIONS:
            with step("Routes de mesure"), made.connect("worker") as worker:
                fill(worker, member.pk, codes)
        with step("Calage des routes de mesure"):
            done(made, "worker", "calibrate")
        connection.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(", ").join(map(sql.Identifier, ANALYSED))))
    return Technician(member, user.pk, token)


ANALYSED = (*TABLES, "road_node", "road_axis", "road_axis_part", "road_axis_mark")


def fill(connection: psycopg.Connection[tuple[Any, ...]], owner: int, codes: Sequence[str]) -> None:
    """The roads anew, in one transaction of the worker's role."""
    values: dict[str, Any] = {
        "side": SIDE,
        "street": STREET_M,
        "every": EVERY,
        "east": CORNER[0],
        "north": CORNER[1],
        "owner": owner,
    }
    values |= {"codes": [codes[rank % len(codes)] for rank in range(25)]} if codes else {"codes": [None] * 25}
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute("select set_config('arpent.bulk', 'on', true)")
        for table in TABLES:
            cursor.execute(sql.SQL("delete from {} where owner_id = %s").format(sql.Identifier(table)), [owner])
        for statement in (CROSSING, SECTION, MARKER):
            cursor.execute(statement, values)


class Asked:
    """One client on one connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.opened, self.headers = http.client.HTTPConnection("127.0.0.1", port, timeout=60), headers

    def get(self, path: str, **given: object) -> tuple[float, bytes]:
        """Milliseconds, and the answer."""
        return self.ask("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        taken, content = self.ask("POST", path, json.dumps(body))
        return taken, json.loads(content)

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[float, bytes]:
        begun = time.perf_counter()
        self.opened.request(method, path, body, self.headers)
        answer = self.opened.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
        return taken, content


def drawn(made: BenchDatabase, question: str, *asked: Any) -> list[tuple[Any, ...]]:
    with made.connect("owner") as connection:
        return list(connection.execute(question, asked).fetchall())


def worst(taken: Sequence[float]) -> float:
    """The 95th centile of what came after the first ones."""
    return statistics.quantiles(taken[WARMING:], n=20)[-1]


# -- measures ---------------------------------------------------------------------------------------------------------


def empty_rows() -> list[Row]:
    return [LOCATED, REFERRED]


def road_rows(field: Field) -> list[Row]:
    """Every row about roads, one client."""
    asker = prepared(field.made)
    measures: Sequence[Callable[[BenchDatabase, Asked], list[Row]]] = (located_row, referred_row)
    return [row for measure in measures for row in measure(field.made, Asked(field.port, asker.headers))]


def located_row(made: BenchDatabase, asked: Asked) -> list[Row]:
    """References anywhere on the numbered roads."""
    taken = []
    for route, marker, metres in drawn(made, REFERENCES, COUNT + WARMING):
        taken.append(asked.get(LOCATE, reference=f"{route} PR {marker}+{int(metres)}")[0])
    return [replace(LOCATED, ours=worst(taken), note=f"{SECTIONS} tronçons, {ROUTES} routes")]


def referred_row(made: BenchDatabase, asked: Asked) -> list[Row]:
    """Places beside the numbered roads."""
    taken = [asked.get(LOCATE, x=x, y=y)[0] for x, y in drawn(made, POINTS, COUNT + WARMING)]
    return [replace(REFERRED, ours=worst(taken))]
