"""Where the rows of a file lie is told before they come in, and files of elsewhere are confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.gis.geos import LineString

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.models import FileImport
from layers.intake.services import imports as importing
from networks.roads.models import RoadAsset, RoadSection
from tests import factories
from tests.networks.roads.road_assets import loaded, looked_at

X, Y = factories.ORIGIN
HEADING = "Id;Code;X;Y"
HERE, BESIDE, AWAY = f"1;B14;{X + 50};{Y + 50}", f"2;B14;{X + 50};{Y + 110}", f"3;B14;{X + 300};{Y}"
FAR = "4;B14;700000;6300000"


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    """A commune of 200 m with a road 10 m away from what is beside it, and another commune east of it."""
    factories.commune("45903", "Voisine", factories.square(X + 200, Y, 200))
    made = factories.member(factories.commune("45901", geom=factories.square(side=200)))
    with factories.as_worker():
        RoadSection.objects.create(owner=made, geom=LineString((X, Y + 100), (X + 100, Y + 100), srid=2154))
    with acting_as(SYSTEM):
        yield made


def sent(member: Member, folder: Path, *rows: str) -> FileImport:
    file = folder / "panneaux.csv"
    file.write_text("\n".join((HEADING, *rows)) + "\n", "utf-8")
    return looked_at(member, file)


def test_a_file_that_was_read_says_how_many_rows_lie_where(member: Member, tmp_path: Path) -> None:
    found = sent(member, tmp_path, HERE, BESIDE, AWAY, FAR, "5;B14;;").plan["survey"]
    told = {name: found[name] for name in ("rows", "placed", "inside", "outside", "near", "nowhere")}
    assert told == {"rows": 5, "placed": 4, "inside": 2, "outside": 2, "near": 1, "nowhere": 1}


def test_what_lies_outside_is_told_by_commune_and_by_its_distance(member: Member, tmp_path: Path) -> None:
    found = sent(member, tmp_path, AWAY, FAR, FAR).plan["survey"]
    assert (found["communes"], found["elsewhere"]) == ([["Voisine (45903)", 1]], 2)
    assert 400 < found["away_km"] < 450


def test_the_middle_of_a_line_says_where_it_lies(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "glissieres.csv"
    file.write_text(f'Id;WKT\n1;"LINESTRING({X + 150} {Y}, {X + 230} {Y})"\n', "utf-8")
    found = looked_at(member, file).plan["survey"]
    assert (found["inside"], found["outside"]) == (1, 0)


def test_a_file_of_elsewhere_is_not_loaded_unless_somebody_confirms(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, HERE, AWAY, FAR)
    with pytest.raises(Invalid, match="2 sur 3"):
        loaded(made, outside=False)
    assert not RoadAsset.objects.exists()
    loaded(made, outside=True)
    assert RoadAsset.objects.count() == 3


def test_a_file_of_which_some_lies_outside_is_loaded(member: Member, tmp_path: Path) -> None:
    loaded(sent(member, tmp_path, HERE, BESIDE, AWAY), outside=False)
    assert RoadAsset.objects.count() == 3


def test_a_load_that_was_refused_leaves_where_its_rows_lie(member: Member, tmp_path: Path) -> None:
    made = sent(member, tmp_path, AWAY)
    FileImport.objects.update(state="applying", plan=None)
    with pytest.raises(Invalid) as refused:
        importing.apply(made.pk, lambda share, words: None)
    importing.leave(made.pk, refused.value.message, refused.value.extra["report"])
    made.refresh_from_db()
    assert (made.state, made.plan["survey"]["outside"]) == ("ready", 1)


def test_a_member_without_communes_is_asked_nothing(tmp_path: Path, db: None) -> None:
    with acting_as(SYSTEM):
        made = loaded(sent(factories.member(), tmp_path, FAR), outside=False)
    assert (made.report["survey"]["inside"], made.report["survey"]["outside"], made.report["created"]) == (0, 0, 1)
