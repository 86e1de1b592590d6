"""What became of files, and how long it took."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.services.listing import PermitQuery
from permits.services.statistics import Statistics, statistics
from tests.permits.conftest import World


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(date(2026, 8, 1))


def counted(world: World, who: str = Role.PERMIT_INSTRUCTOR, **given: str) -> Statistics:
    with world.as_(who):
        return statistics(PermitQuery.parse(given), world.rights(who))


def test_days_run_from_filing_to_the_decision(world: World) -> None:
    for day in (15, 25, 26):
        world.record(world.file(), "decided", date(2026, 1, day), outcome="granted")
    world.record(world.file(filed_date=date(2026, 7, 20)), "withdrawn", date(2026, 7, 21))
    whole = counted(world).whole
    assert (whole.filed, whole.decided, whole.median, whole.ninth) == (4, 3, 20, 21)


def test_silence_counts_as_tacit(world: World) -> None:
    world.record(world.file(), "decided", date(2026, 1, 15), outcome="refused")
    world.file()
    whole = counted(world).whole
    assert (whole.decided, whole.tacit, whole.tacit_share) == (2, 1, 50)


def test_files_fall_into_kinds_periods_communes_and_instructors(world: World) -> None:
    me = world.people[Role.PERMIT_INSTRUCTOR]
    world.file(instructor=me.pk)
    world.file(kind="DP", insee="45902", parcels=[], filed_date=date(2025, 12, 31))
    found = counted(world)
    assert {one.key: one.filed for one in found.kind} == {"PC": 1, "DP": 1}
    assert [(one.label, one.filed) for one in found.period] == [("2025", 1), ("2026", 1)]
    assert {one.label for one in found.insee} == {"Lorris", "Montereau"}
    assert {one.label for one in found.instructor} == {str(me), "Personne encore"}
    assert [one.label for one in counted(world, year="2025").period] == ["décembre"]


def test_certificates_are_counted_as_issued_feasible_or_not_feasible(world: World) -> None:
    for kind, outcome in (("PC", "granted"), ("CUa", "granted"), ("CUb", "granted"), ("CUb", "refused")):
        world.record(world.file(kind=kind), "decided", date(2026, 1, 15), outcome=outcome)
    assert {one.label: one.filed for one in counted(world).state} == {
        "Accordé": 1, "Délivré": 1, "Réalisable": 1, "Non réalisable": 1,
    }  # fmt: skip
    page = world.client().get("/permis/statistiques/?year=", headers={"accept": "text/html"}).content.decode()
    links = {label: href for href, label in re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>', page)}
    assert "kind=CUb" in links["Non réalisable"]
    assert "state=refused" in links["Non réalisable"]
    assert "Accordé" not in links


def test_no_file_makes_no_group(world: World) -> None:
    found = counted(world, kind="PA")
    assert (found.whole.filed, found.whole.median, list(found.kind)) == (0, None, [])


@pytest.mark.parametrize(
    ("name", "value", "filed"),
    [
        ("q", "AB 1", 1),
        ("q", "%", 0),
        ("q", "jardin 100%", 1),
        ("whose", "team", 0),
        ("bbox", "-5,41,9,51", 1),
        ("deadline", "overdue", 0),
    ],
)
def test_every_filter_counts(world: World, name: str, value: str, filed: int) -> None:
    world.file(description="Abri de jardin, 100 % bois")
    assert counted(world, **{name: value}).whole.filed == filed


def test_another_members_files_are_not_counted(world: World) -> None:
    world.file()
    assert counted(world, "stranger").whole.filed == 0


def test_the_page_shows_this_years_files(world: World) -> None:
    world.file()
    world.file(filed_date=date(2025, 3, 1))
    answer = world.client().get("/permis/statistiques/", headers={"accept": "text/html"})
    text = answer.content.decode()
    assert "<dt>dossiers</dt><dd>1</dd>" in text
    assert "Par mois de dépôt" in text
    every = world.client().get("/permis/statistiques/?year=", headers={"accept": "text/html"}).content.decode()
    assert "<dt>dossiers</dt><dd>2</dd>" in every


def test_the_tables_are_taken_away_as_csv(world: World) -> None:
    world.record(world.file(), "decided", date(2026, 1, 15), outcome="granted")
    answer = world.client().get("/permis/statistiques/?format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["Tous les dossiers", "", "1", "1", "0", "10", "10"]
    assert ["Par commune", "Lorris", "1", "1", "0", "10", "10"] in rows
