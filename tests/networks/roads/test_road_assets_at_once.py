"""Inspections and changes of roads at the same time, in real transactions: what comes later sees what came before."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection, connections, transaction

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services import attachments, write
from networks.roads.models import RoadAsset, RoadInspection, RoadSection
from networks.roads.services.locking import lock_roads
from networks.roads.services.placing import WEB
from tests import factories
from tests.networks.roads.road_assets import loaded, looked_at

X, Y = 620_000.0, 6_720_000.0
PATIENCE_S = 60.0


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


@pytest.fixture
def member(db: None) -> Member:
    with transaction.atomic():
        return factories.member(factories.commune("45901"))


@contextmanager
def working() -> Iterator[None]:
    with acting_as(SYSTEM), transaction.atomic(), factories.as_worker():
        yield


def road_at(member: Member, y: float) -> RoadSection:
    with working():
        return RoadSection.objects.create(owner=member, geom=line(y))


def line(y: float) -> LineString:
    return LineString((X, Y + y), (X + 100, Y + y), srid=2154)


def sign_at(member: Member, y: float) -> RoadAsset:
    return RoadAsset.objects.create(owner=member, kind="sign", geom=Point(X + 40, Y + y, srid=2154))


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> bool:
    """The second begins when the first has done all but end; the first ends once the second waits or is done. Whether
    it waited."""
    told: list[BaseException] = []
    number: list[int] = []

    def run() -> None:
        try:
            with working():
                with connection.cursor() as cursor:
                    cursor.execute("select pg_backend_pid()")
                    number.append(cursor.fetchone()[0])
                second()
        except Exception as error:
            told.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    with working():
        first()
        with connection.cursor() as cursor:
            # What happens when a transaction ends.
            cursor.execute("set constraints all immediate")
        other.start()
        waited = wait_for(other, number)
    other.join(PATIENCE_S)
    assert told == []
    assert not other.is_alive()
    return waited


def wait_for(other: threading.Thread, number: list[int]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while other.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where pid = any(%s) and not granted", [number])
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


def inspected(sign: RoadAsset, mark: str, day: date) -> Callable[[], Any]:
    return lambda: RoadInspection.objects.create(
        owner_id=sign.owner_id, of="point", asset_id=sign.pk, done_date=day, done_by="Anne", mark=mark
    )


def now(sign: RoadAsset) -> RoadAsset:
    with working():
        sign.refresh_from_db()
    return sign


def test_of_two_inspections_at_once_the_one_of_the_later_day_gives_the_mark(member: Member) -> None:
    with working():
        sign = sign_at(member, 3)
    meanwhile(inspected(sign, "4", date(2026, 3, 1)), inspected(sign, "1", date(2025, 3, 1)))
    assert (now(sign).state, sign.inspected_date) == ("4", date(2026, 3, 1))


def test_an_asset_made_while_its_section_moves_is_bound_to_the_new_line(member: Member) -> None:
    road = road_at(member, 0)
    made: list[RoadAsset] = []
    meanwhile(
        lambda: RoadSection.objects.filter(pk=road.pk).update(geom=line(10)),
        lambda: made.append(sign_at(member, 3)),
    )
    assert (now(made[0]).section_id, made[0].side) == (road.pk, "right")
    assert made[0].offset_m == pytest.approx(7)


def test_a_section_that_moves_while_an_asset_is_made_takes_it_along(member: Member) -> None:
    road = road_at(member, 0)
    made: list[RoadAsset] = []
    meanwhile(
        lambda: made.append(sign_at(member, 3)),
        lambda: RoadSection.objects.filter(pk=road.pk).update(geom=line(40)),
    )
    assert (now(made[0]).geom.y - Y, made[0].offset_m, made[0].side) == (43, 3, "left")


def test_an_asset_made_while_a_section_comes_near_is_bound_to_it(member: Member) -> None:
    made: list[RoadAsset] = []
    roads: list[RoadSection] = []
    meanwhile(
        lambda: made.append(sign_at(member, 3)),
        lambda: roads.append(RoadSection.objects.create(owner=member, geom=line(0))),
    )
    assert now(made[0]).section_id == roads[0].pk


@pytest.mark.parametrize("change", [{"properties": {"comment": "Penché"}}, {"geometry": Point(X, Y, srid=2154)}])
def test_while_roads_are_imported_only_who_places_assets_waits(member: Member, change: dict[str, Any]) -> None:
    with working():
        sign = sign_at(member, 3)

    def edit() -> None:
        layer = Layer.objects.get(slug="road-assets")
        write.apply_edits(
            layer, [write.Edit(action="update", id=sign.pk, version=1, **change)], rights=SYSTEM, origin=WEB
        )

    waited = meanwhile(lock_roads, edit)
    assert waited == ("geometry" in change)
    assert now(sign).version == 2


def test_while_roads_are_imported_photos_of_assets_are_removed(member: Member) -> None:
    with working():
        sign = sign_at(member, 3)
        layer = Layer.objects.get(slug="road-assets")
        photo = Attachment.objects.create(layer=layer, feature=sign.pk, owner=member, width=1, height=1, size_bytes=1)
    assert not meanwhile(lock_roads, lambda: attachments.detach(layer, sign.pk, photo.pk, SYSTEM))


def test_an_inspection_and_a_section_that_moves_do_not_wait_for_each_other_for_ever(member: Member) -> None:
    road = road_at(member, 0)
    with working():
        sign = sign_at(member, 3)
    meanwhile(
        inspected(sign, "4", date(2026, 3, 1)),
        lambda: RoadSection.objects.filter(pk=road.pk).update(geom=line(40)),
    )
    assert (now(sign).geom.y - Y, sign.state) == (43, "4")


def test_a_correction_made_while_a_file_is_loaded_is_kept(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "panneaux.csv"
    states = {"values": {"state": {"Bon": "2", "Mauvais": "4"}}}
    file.write_text(f"Id;Code;Etat;X;Y\n1;B14;Bon;{X};{Y}\n", "utf-8")
    with working():
        loaded(looked_at(member, file), states)
        sign = RoadAsset.objects.get(reference="1")
    file.write_text(f"Id;Code;Etat;X;Y\n1;B14;Mauvais;{X};{Y}\n", "utf-8")
    with working():
        made = looked_at(member, file)
    meanwhile(lambda: RoadAsset.objects.filter(pk=sign.pk).update(state="5"), lambda: loaded(made, states))
    assert (now(sign).state, made.report["both"]) == ("5", 1)
