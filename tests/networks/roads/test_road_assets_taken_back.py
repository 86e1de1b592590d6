"""An import of assets is taken back: what it brought goes, what it changed is as it was, what people changed stays."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection

from gis_core.errors import Conflict, Forbidden
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import HistoryEvent, Job, Member
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.origin import continue_event
from layers.intake.models import FileImport
from layers.intake.services import imports as importing
from networks.roads.models import RoadAsset, RoadInspection, RoadSection, RoadStretch
from networks.roads.sources import ASSETS
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roads.road_assets import loaded, looked_at, quiet

type Bring = Callable[..., FileImport]
X, Y = factories.ORIGIN
HEADING = "Id;Code;Etat;X;Y"
FIRST, SECOND = f"1;B14-50;Bon;{X};{Y}", f"2;AB4;Bon;{X + 20};{Y}"


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    made = factories.member(factories.commune("45901"))
    with acting_as(SYSTEM):
        yield made


@pytest.fixture
def bring(member: Member, tmp_path: Path) -> Bring:
    def brought(*rows: str, heading: str = HEADING) -> FileImport:
        file = tmp_path / "panneaux.csv"
        file.write_text("\n".join((heading, *rows)) + "\n", "utf-8")
        return loaded(looked_at(member, file))

    return brought


def taken_back(made: FileImport) -> dict[str, int]:
    with factories.as_worker(), acting_as(SYSTEM):
        importing.revert(made.pk, quiet)
        made.refresh_from_db()
    counts: dict[str, int] = made.report["reverted"]
    return counts


def afterwards() -> None:
    """Another transaction: what changes from now on is no part of the import's event."""
    continue_event(["road_asset", "road_stretch"], None)


def correct(reference: str, **values: Any) -> None:
    afterwards()
    with factories.as_worker():
        assert RoadAsset.objects.filter(reference=reference).update(**values) == 1


def references() -> list[str | None]:
    return sorted(one.reference or "" for one in RoadAsset.objects.all())


def test_what_an_import_brought_goes(bring: Bring) -> None:
    made = bring(FIRST, SECOND)
    assert taken_back(made) == {"removed": 2, "restored": 0, "left": 0}
    assert not RoadAsset.objects.exists()
    assert made.state == "reverted"


def test_what_somebody_changed_since_stays_and_is_counted(bring: Bring) -> None:
    made = bring(FIRST, SECOND)
    correct("1", comment="Penché")
    assert taken_back(made) == {"removed": 1, "restored": 0, "left": 1}
    assert references() == ["1"]


def test_what_somebody_moved_since_stays(bring: Bring) -> None:
    made = bring(FIRST)
    correct("1", geom=Point(X + 8, Y, srid=2154))
    assert taken_back(made)["left"] == 1


def test_what_only_followed_its_road_goes(bring: Bring, member: Member) -> None:
    with factories.as_worker():
        road = RoadSection.objects.create(owner=member, geom=LineString((X - 50, Y), (X + 90, Y), srid=2154))
    made = bring(FIRST)
    afterwards()
    with factories.as_worker():
        RoadSection.objects.filter(pk=road.pk).update(geom=LineString((X - 50, Y + 3), (X + 90, Y + 3), srid=2154))
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
    moved = RoadAsset.objects.get()
    assert (moved.geom.y, moved.version > 1) == (Y + 3, True)
    assert taken_back(made) == {"removed": 1, "restored": 0, "left": 0}


def test_what_was_inspected_or_photographed_since_stays(bring: Bring, member: Member) -> None:
    made = bring(FIRST, SECOND)
    first, second = RoadAsset.objects.order_by("reference")
    afterwards()
    with factories.as_worker():
        RoadInspection.objects.create(
            owner=member, of="point", asset_id=first.pk, done_date=date(2026, 2, 3), done_by="Anne", mark="2"
        )
        layer = Layer.objects.get(slug="road-assets")
        Attachment.objects.create(
            layer=layer, feature=second.pk, owner=member, title="Photo", width=1, height=1, size_bytes=1
        )
    assert taken_back(made) == {"removed": 0, "restored": 0, "left": 2}


def test_what_it_changed_is_as_it_was(bring: Bring) -> None:
    first = bring(FIRST, SECOND)
    before = RoadAsset.objects.get(reference="1")
    made = bring(f"1;B14-30;Mauvais;{X + 4};{Y}", SECOND, f"3;B1;Bon;{X + 40};{Y}")
    assert taken_back(made) == {"removed": 1, "restored": 1, "left": 0}
    found = RoadAsset.objects.get(reference="1")
    assert (found.inscription, found.state, found.geom.x, found.import_id) == ("50", "2", X, first.pk)
    assert (found.delivered, found.version) == (before.delivered, 3)
    assert references() == ["1", "2"]


def test_what_it_changed_and_somebody_since_stays(bring: Bring) -> None:
    bring(FIRST)
    made = bring(f"1;B14-30;Bon;{X};{Y}")
    correct("1", inscription="70")
    assert taken_back(made) == {"removed": 0, "restored": 0, "left": 1}
    assert RoadAsset.objects.get().inscription == "70"


def test_a_reference_that_it_gave_goes_again(bring: Bring) -> None:
    bring(f"AB4;Bon;{X};{Y}", heading="Code;Etat;X;Y")
    made = bring(f"A;AB4;Bon;{X};{Y}")
    assert references() == ["A"]
    assert taken_back(made)["restored"] == 1
    assert references() == [""]


def test_stretches_go_too(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "glissieres.csv"
    file.write_text(f'Id;Hauteur;WKT\n1;0,75;"LINESTRING({X} {Y}, {X + 50} {Y})"\n', "utf-8")
    made = loaded(looked_at(member, file))
    assert taken_back(made)["removed"] == 1
    assert not RoadStretch.objects.exists()


def test_what_other_members_have_stays(bring: Bring, member: Member) -> None:
    made = bring(FIRST)
    with factories.as_worker():
        other = factories.member()
        RoadAsset.objects.create(owner=other, import_id=made.pk, delivered={}, geom=Point(X, Y, srid=2154))
    taken_back(made)
    assert RoadAsset.objects.get().owner == other


def test_the_history_has_one_event_with_the_rows_that_went(bring: Bring) -> None:
    taken_back(bring(FIRST, SECOND))
    with factories.as_owner():
        event = HistoryEvent.objects.get(kind="import_taken_back", table="road_asset")
        assert event.rows == 2
        assert {one.old["reference"] for one in event.rows_changed.all()} == {"1", "2"}


# -- who may, and when ------------------------------------------------------------------------------------------------


@pytest.fixture
def made(network: Network, tmp_path: Path) -> FileImport:
    file = tmp_path / "panneaux.csv"
    file.write_text(f"{HEADING}\n{FIRST}\n", "utf-8")
    with acting_as(SYSTEM):
        return loaded(looked_at(network.member, file))


def start(network: Network, made: FileImport, who: str = Role.NETWORK_TECHNICIAN) -> FileImport:
    with network.as_(who):
        return importing.start_reverting(ASSETS, made.pk, user=network.people[who], rights=network.rights(who))


def test_a_technician_queues_it_once(network: Network, made: FileImport) -> None:
    assert start(network, made).state == "reverting"
    with acting_as(SYSTEM):
        assert Job.objects.filter(kind="take_back_road_assets", parameters__import=made.pk).count() == 1
    with pytest.raises(Conflict):
        start(network, made)


def test_who_works_on_no_roads_may_not(network: Network, made: FileImport) -> None:
    with pytest.raises(Forbidden):
        start(network, made, Role.READER)


def test_an_import_that_was_loaded_is_not_forgotten(network: Network, made: FileImport) -> None:
    with network.as_(), pytest.raises(Conflict):
        importing.forget(ASSETS, made.pk, rights=network.rights())


def test_a_taking_back_that_failed_leaves_the_import_loaded(network: Network, made: FileImport) -> None:
    start(network, made)
    with acting_as(SYSTEM):
        importing.leave(made.pk, "Arrêté", None)
        made.refresh_from_db()
    assert (made.state, made.message) == ("applied", "Arrêté")
