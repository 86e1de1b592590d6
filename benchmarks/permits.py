"""Planning applications: 300,000 files of twenty years, six thousand of them open, at four members.

The asker instructs at the largest member, which has half of the files. Days are counted back from the day on which the
files were made; they are made again when they are older than `STALE_DAYS`, because open files do not stay open.
"""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from psycopg import sql

from benchmarks import load
from benchmarks.accounts import session_of
from benchmarks.grid import Grid, url_of
from benchmarks.rows import Row
from benchmarks.territory import SEED, insee_of
from benchmarks.tiles import Field
from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Commune, Member, Membership, Territory, User
from gis_core.operations.progress import step
from layers.catalogue.services import announce_changed_slugs
from permits.models import Permit, Team
from permits.services.recording import announce
from permits.services.sweeping import sweep
from tiles.asking import KEPT_SECONDS

FILES, OPEN_FILES, YEARS, STALE_DAYS = 300_000, 6_000, 20, 5
SHARES = (160, 54, 53, 53)
SIRENS = ("999001001", "999001019", "999001027", "999001035")
INSTRUCTORS = 12
ASKER = "mesure-instruction"
BOARD = Row(
    "tableau de bord des autorisations, 300 000 dossiers, filtres variés, 95e centile", None, "ms", "at most", 300
)
FILE = Row("page d'un dossier d'autorisation, 95e centile", None, "ms", "at most", 200)
LISTED = Row("autorisations par l'API, 100 par page, 95e centile", None, "ms", "at most", 300)
SHEET = Row("fiche de parcelle avec ses autorisations, 95e centile", None, "ms", "at most", 300)
SWEEP = Row("relecture nocturne de tous les dossiers ouverts", None, "s", "at most", 60)
ZOOMS = (13, 14, 15, 16)
TILES_GOAL, WARMING, COUNT = 0.8, 20, 200
TILE_COUNTS = {13: 60, 14: 100, 15: 150, 16: 200}
# Hash of a file's rank and a salt, from 0 to 999.
CHANCE = "(hashint8extended(rank, {}) & 9223372036854775807) %% 1000"
FILING = f"""
    create temporary table filing on commit drop as
    with place as (
        select idu, insee, row_number() over (order by hashtextextended(idu, 7)) as rank
        from cadastre_parcel),
    drawn as (
        select rank, idu, insee, {CHANCE.format(1)} as lot, {CHANCE.format(2)} as turn, {CHANCE.format(3)} as fate,
            (hashint8extended(rank, 4) & 9223372036854775807) as spread
        from place where rank <= %(files)s),
    kinds as (
        select *, case when lot < 500 then 'DP' when lot < 680 then 'PCMI' when lot < 760 then 'PC'
                when lot < 780 then 'PA' when lot < 810 then 'PD' when lot < 930 then 'CUa' else 'CUb' end as kind
        from drawn),
    delays as (
        select *, case when kind in ('DP', 'CUa') then 1 when kind in ('PC', 'PA') then 3 else 2 end as months,
            rank <= %(open)s as open
        from kinds),
    days as (
        select *, %(day)s::date - case when open then (spread %% (months * 29 - 2))::int
            else (140 + spread %% (365 * %(years)s - 140))::int end as filed_date
        from delays)
    select *, turn < 250 and kind not like 'CU%%' as asked, turn between 150 and 330 and kind not like 'CU%%' as longer,
        (filed_date + make_interval(months => months))::date as due_date,
        (filed_date + (months * 30 * (0.4 + turn / 2000.0))::int) as decided_date,
        case when open then 'open' when fate < 100 then 'tacit' when fate < 210 then 'refused'
            when fate < 320 and turn < 250 and kind not like 'CU%%' then 'rejected' when fate < 360 then 'withdrawn'
            when kind like 'CU%%' then 'granted' when fate < 680 then 'finished' when fate < 780 then 'works'
            else 'granted' end as ending,
        (filed_date + make_interval(months => case when kind like 'CU%%' then 20 else 39 end))::date as valid_until
    from days
"""
PERMITS = """
    insert into permits_permit (owner_id, shared_with, insee, number, kind, filed_date, description, address, idus,
        silence_refuses, instructor_id, recorded_at, state, tacit, complete_date, notify_by_date, due_date, ended_date,
        valid_until_date, next_date, next_what, plan_date, geom, version)
    select t.member_id, '{}', f.insee,
        letters || '0' || f.insee || to_char(filed_date, 'YY') || '0'
            || lpad((row_number() over (partition by letters, f.insee, to_char(filed_date, 'YY')
                order by filed_date, rank))::text, 4, '0'),
        kind, filed_date, words[1 + turn %% 6], (1 + turn %% 90) || ' rue de la Mesure', array[f.idu], '{}',
        people[1 + (spread %% cardinality(people))::int],
        filed_date + time '10:00',
        case when open then 'instruction'
            when ending in ('granted', 'tacit') and valid_until < %(day)s::date then 'expired'
            when ending = 'tacit' then 'granted' else ending end, ending = 'tacit',
        filed_date, (filed_date + interval '1 month')::date, f.due_date,
        case when open then null when ending = 'tacit' then f.due_date + 1 else decided_date end,
        case when ending in ('granted', 'tacit', 'works', 'finished') then valid_until end,
        case when open then f.due_date end, case when open then 'due' else '' end, null, p.geom, 1
    from filing f join cadastre_parcel p on p.idu = f.idu join gis_core_territory t on t.insee = f.insee
        and t.member_id = any (%(members)s),
    lateral (select array_agg(user_id order by user_id) as people from gis_core_membership
        where member_id = t.member_id) as m,
    lateral (select case left(kind, 2) when 'PC' then 'PC' when 'CU' then 'CU' else kind end as letters) as l,
    (select array['Ravalement des façades', 'Maison individuelle de 120 m²', 'Clôture et portail', 'Piscine enterrée',
        'Panneaux photovoltaïques', 'Hangar agricole'] as words) as w
    order by filed_date, rank
"""
EVENTS = """
    insert into permits_event (permit_id, what, on_date, detail, recorded_at, recorded_by_id, struck_reason)
    select p.id, e.what, e.on_date, e.detail::jsonb, e.on_date + time '10:00', p.instructor_id, ''
    from filing f join permits_permit p on p.idus = array[f.idu] cross join lateral (values
        (true, 'filed', f.filed_date, '{}'),
        (f.turn %% 2 = 0, 'note', f.filed_date + 4, '{"note": "Vu avec la mairie."}'),
        (f.asked, 'pieces_asked', f.filed_date + 12, '{"pieces": ["PCMI2", "PCMI5"], "channel": "hand"}'),
        (f.asked and f.turn < 180 and f.ending <> 'rejected', 'pieces_came', f.filed_date + 25,
            '{"pieces": ["PCMI2", "PCMI5"]}'),
        (f.longer, 'longer_notified', f.filed_date + 20, '{"grounds": ["protected_surroundings"], "channel": "hand"}'),
        (f.ending not in ('open', 'tacit', 'rejected', 'withdrawn'), 'decided', f.decided_date,
            case when f.ending = 'refused' then '{"outcome": "refused", "channel": "hand"}'
                else '{"outcome": "granted", "channel": "hand"}' end),
        (f.ending = 'withdrawn', 'withdrawn', f.decided_date, '{"note": ""}'),
        (f.ending in ('works', 'finished'), 'works_started', f.decided_date + 40, '{"note": ""}'),
        (f.ending = 'finished', 'works_finished', f.decided_date + 120, '{"note": ""}'),
        (true, 'note', f.filed_date + 6, '{"note": "Dossier pris en charge."}')
    ) as e (happens, what, on_date, detail) where e.happens and e.on_date <= %(day)s::date
"""
CONSULTATIONS = """
    insert into permits_consultation (permit_id, body, name, email, reason, requested_date, months, article, uncertain,
        due_date, silence, answered_date, opinion, text, recorded_at, version, mail_state, mail_error, prescriptions)
    select id, 'water', '', '', '[]', filed_date + 3, 1, 'R.423-59', false, filed_date + 33, 'favourable',
        case when id %% 3 > 0 and state <> 'instruction' then filed_date + 14 end,
        case when id %% 3 > 0 and state <> 'instruction' then 'favourable' else '' end, '',
        filed_date + time '10:00', 1, '', '', '{}'
    from permits_permit where id %% 2 = 0
"""
OCCUPIED = """
    select exists (select from permits_permit
        where owner_id = %s and geom_3857 && box and st_intersects(geom_3857, box))
    from st_makeenvelope(%s, %s, %s, %s, 3857) as box
"""
# What instructors look at: what is due, theirs or all, a past year, a commune, words, the next page.
BOARDS = (
    "",
    "?whose=mine",
    "?whose=team&deadline=week",
    "?deadline=tacit",
    "?state=&offset=50",
    "?state=&year={year}",
    "?state=granted&insee={insee}",
    "?state=rejected&kind={kind}",
    "?state=&q=piscine+{number}",
    "?state=&q={insee}+AB+{number}",
)
LISTS = ("?limit=100&offset={offset}", "?limit=100&state=open", "?limit=100&insee={insee}", "?limit=100&year={year}")
TABLES = ("permits_permit", "permits_event", "permits_consultation")


@dataclass(frozen=True)
class Instructor:
    """Who asks: an instructor of the largest member."""

    user: User
    member: Member

    @property
    def headers(self) -> dict[str, str]:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(self.user)}"
        return {"Cookie": cookie, "Accept-Encoding": "gzip"}


# -- the files --------------------------------------------------------------------------------------------------------


def prepare_permits() -> Instructor:
    """The files and who asks, made unless they are there and fresh. Needs the owner's role."""
    with acting_as(SYSTEM):
        members = [member_of(rank) for rank in range(len(SHARES))]
        day = Permit.objects.order_by("-filed_date").values_list("filed_date", flat=True).first()
        if Permit.objects.count() != FILES or day is None or (database_clock.today() - day).days > STALE_DAYS:
            with step("Dossiers de mesure"):
                fill(members, database_clock.today())
        # A migration may have added columns since, of which PostgreSQL knows nothing yet.
        execute(sql.SQL("vacuum analyze {}").format(join_tables(TABLES)))
        return Instructor(User.objects.get(username=ASKER), members[0])


def join_tables(tables: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))


def member_of(rank: int) -> Member:
    """A member with its communes, instructors and teams."""
    member, made = Member.objects.get_or_create(
        slug=f"mesure-permis-{rank}",
        defaults={"name": f"Mesure {rank}", "siren": SIRENS[rank], "kind": Member.Kind.EPCI},
    )
    if made:
        first = sum(SHARES[:rank])
        seen = Commune.objects.filter(insee__in=[insee_of(one) for one in range(first, first + SHARES[rank])])
        Territory.objects.bulk_create(Territory(member=member, commune=one) for one in seen)
        people = [instructor(member, rank, number) for number in range(INSTRUCTORS)]
        for name, share in (("Nord", people[:6]), ("Sud", people[6:])):
            team, _made = Team.objects.get_or_create(member=member, name=name)
            team.people.add(*share)
    return member


def instructor(member: Member, rank: int, number: int) -> User:
    name = ASKER if (rank, number) == (0, 0) else f"{ASKER}-{rank}-{number}"
    user, _made = User.objects.get_or_create(username=name, defaults={"email": f"{name}@example.org"})
    Membership.objects.get_or_create(user=user, member=member, defaults={"role": Role.PERMIT_INSTRUCTOR})
    return user


@transaction.atomic
def fill(members: Sequence[Member], day: date) -> None:
    """Everything anew, in SQL; then what follows from the events of the open files, as the nightly sweep does."""
    values: dict[str, Any] = {"files": FILES, "open": OPEN_FILES, "years": YEARS, "day": day}
    values["members"] = [one.pk for one in members]
    execute(sql.SQL("truncate {} cascade").format(join_tables(TABLES)))
    execute(FILING, values)
    execute("create index on filing (idu); analyze filing")
    execute(PERMITS, values)
    execute(EVENTS, values)
    execute(CONSULTATIONS, values)
    sweep(day)
    announce()


# -- pages ------------------------------------------------------------------------------------------------------------


def empty_page_rows() -> list[Row]:
    return [BOARD, FILE, LISTED, SHEET]


def page_rows(field: Field) -> list[Row]:
    """The dashboard, pages of files, the API's list, parcel sheets: one client, each address once."""
    asker = prepare_permits()
    rows = [
        (BOARD, addresses("/permis/", BOARDS, COUNT)),
        (FILE, [f"/permis/{number}/" for number in numbers(asker, COUNT)]),
        (LISTED, addresses("/api/v1/permits/", LISTS, COUNT)),
        (SHEET, [f"/api/v1/parcels/{idu}/sheet/" for idu in parcels(asker, COUNT)]),
    ]
    return [measure_page(row, field.port, paths, asker.headers) for row, paths in rows]


def measure_page(row: Row, port: int, paths: Sequence[str], headers: dict[str, str]) -> Row:
    """The 95th percentile; the median and the slowest in the note. A page that fails leaves its row unmeasured."""
    said = headers if row in (BOARD, FILE) else headers | {"Accept": "application/json"}
    try:
        taken = load.latencies(port, paths, said)[WARMING:]
    except load.RefusedError as error:
        return replace(row, note=str(error))
    middle, slowest = statistics.median(taken), max(taken)
    note = f"médiane {middle:.0f} ms, la plus lente {slowest:.0f} ms"
    return replace(row, ours=statistics.quantiles(taken, n=20)[-1], note=note)


def addresses(page: str, questions: Sequence[str], count: int) -> list[str]:
    """The questions in turn, each with its own year, commune or word."""
    chosen = random.Random(SEED)
    return [
        page
        + questions[rank % len(questions)].format(
            year=database_clock.today().year - chosen.randrange(YEARS),
            insee=insee_of(chosen.randrange(SHARES[0])),
            kind=chosen.choice(("DP", "PC", "PA")),
            number=chosen.randint(1, 200),
            offset=chosen.randrange(40) * 100,
        )
        for rank in range(count + WARMING)
    ]


def numbers(asker: Instructor, count: int) -> list[str]:
    """Files of the asker's member, a third of them open."""
    found = [(True, count // 3), (False, count + WARMING - count // 3)]
    with acting_as(SYSTEM):
        files = Permit.objects.filter(owner=asker.member)
        chosen = [some(files.filter(next_date__isnull=not opened), number) for opened, number in found]
    drawn = [number for numbers in chosen for number in numbers]
    random.Random(SEED).shuffle(drawn)
    return drawn


def some(rows: Any, count: int) -> list[str]:
    every = list(rows.order_by("id").values_list("number", flat=True))
    return random.Random(SEED).sample(every, count)


def parcels(asker: Instructor, count: int) -> list[str]:
    """Parcels that a file lies on."""
    with acting_as(SYSTEM):
        rows = list(Permit.objects.filter(owner=asker.member).order_by("id").values_list("idus", flat=True))
    return [idus[0] for idus in random.Random(SEED).sample(rows, count + WARMING)]


# -- the sweep, tiles --------------------------------------------------------------------------------------------------


def sweep_row() -> list[Row]:
    """Tomorrow's sweep of every open file, undone afterwards."""
    prepare_permits()
    with acting_as(SYSTEM), transaction.atomic():
        begun = time.perf_counter()
        swept = sweep(database_clock.today() + timedelta(days=1))
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    if swept.read < OPEN_FILES * 0.9:
        raise RuntimeError(f"{swept.read} files were read")
    return [replace(SWEEP, ours=taken, note=f"{swept.read} dossiers lus, {swept.changed} changés")]


def tile_row(z: int) -> Row:
    name = f"tuiles des autorisations face aux parcelles, z{z}"
    return Row(name, None, "tuiles/s", "at least", TILES_GOAL, relative=True)


def empty_tile_rows() -> list[Row]:
    return [tile_row(z) for z in ZOOMS]


def tile_rows(field: Field) -> list[Row]:
    """Tiles never drawn before where the asker has files, one of each layer in turn, one client.

    Both layers get another version first: low zooms have few tiles, and other measures have asked for them all.
    """
    asker = prepare_permits()
    with acting_as(SYSTEM):
        announce_changed_slugs(("permits", "parcels"))
    time.sleep(2 * KEPT_SECONDS)
    grid, rows = Grid(field.grid.connection, field.grid.extent), []
    for z in ZOOMS:
        tiles = with_files(grid, asker, z, TILE_COUNTS[z] + WARMING)
        ours: list[float] = []
        theirs: list[float] = []
        with load.Client(field.port, asker.headers) as client:
            for tile in tiles:
                ours.append(client.milliseconds(url_of("permits", tile)))
                theirs.append(client.milliseconds(url_of("parcels", tile)))
        rate, reference = (1000 / statistics.median(one[WARMING:]) for one in (ours, theirs))
        rows.append(replace(tile_row(z), ours=rate, reference=reference, note=f"médianes de {len(tiles)} tuiles"))
    return rows


def with_files(grid: Grid, asker: Instructor, z: int, count: int) -> list[Any]:
    """Addresses not given before in which a file of the asker lies (fewer when the zoom has no more)."""
    found: list[Any] = []
    for _attempt in range(20):
        drawn = grid.fresh(z, count)
        for tile in drawn:
            row = grid.connection.execute(OCCUPIED, (asker.member.pk, *tile.bbox_3857())).fetchone()
            if row is not None and row[0]:
                found.append(tile)
        if len(found) >= count or not drawn:
            break
    return found[:count]
