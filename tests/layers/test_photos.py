"""Publishing photos: who sees them, and the number in every address."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction

from gis_core.members.rights import ANONYMOUS, SYSTEM, Rights, acting_as
from layers.catalogue.models import Layer, Photo, PhotoSheet
from layers.catalogue.services import (
    PhotoDeclaration,
    SheetDeclaration,
    delete_photo,
    photo_edition,
    publish_photo,
)
from tests import factories

SQUARE = MultiPolygon(Polygon.from_bbox((617_000, 6_717_000, 617_200, 6_717_200)), srid=2154)


def declared(slug: str = "ortho-2024", **changes: Any) -> PhotoDeclaration:
    sheet = SheetDeclaration(name="a", path="a.tif", rank=0, resolution_m=0.05, geom=SQUARE)
    values: dict[str, Any] = {
        "slug": slug,
        "title": "Ortho 2024",
        "acquired_date": date(2024, 6, 1),
        "acquired_precision": Photo.Precision.MONTH,
        "resolution_m": 0.05,
        "owner": None,
        "visibility": Layer.Visibility.PUBLIC,
        "shared_with": [],
        "within_communes": False,
        "folder": "orthophoto/ortho-2024/1",
        "overview": "overview.tif",
        "geom": SQUARE,
        "sheets": [sheet],
    }
    return PhotoDeclaration(**values | changes)


@pytest.fixture
def system(db: None) -> Any:
    with acting_as(SYSTEM):
        yield


def test_a_publication_has_the_next_edition(system: None) -> None:
    before = photo_edition()
    photo = publish_photo(declared())
    assert photo.edition == photo_edition() == before + 1


def test_publishing_again_replaces_the_sheets(system: None) -> None:
    publish_photo(declared())
    sheet = SheetDeclaration(name="b", path="b.tif", rank=0, resolution_m=0.05, geom=SQUARE)
    publish_photo(declared(sheets=[sheet]))
    assert list(PhotoSheet.objects.values_list("photo__slug", "name")) == [("ortho-2024", "b")]


def test_taking_back_leaves_nothing_and_counts(system: None) -> None:
    photo = publish_photo(declared())
    assert delete_photo(photo.slug)
    assert photo_edition() == photo.edition + 1
    assert not PhotoSheet.objects.exists()


def test_taking_back_what_is_not_shown_says_so(system: None) -> None:
    assert not delete_photo("nothing")


@pytest.mark.parametrize(
    ("visibility", "asker", "seen"),
    [
        (Layer.Visibility.PUBLIC, ANONYMOUS, 1),
        (Layer.Visibility.SIGNED_IN, ANONYMOUS, 0),
        (Layer.Visibility.SIGNED_IN, Rights(user_id=1), 1),
        (Layer.Visibility.MEMBERS, Rights(user_id=1), 0),
    ],
)
def test_the_sheets_are_walled_off_as_their_photo_is(
    system: None, visibility: Layer.Visibility, asker: Rights, seen: int
) -> None:
    publish_photo(declared(visibility=visibility))
    with acting_as(asker), transaction.atomic():
        assert (Photo.objects.count(), PhotoSheet.objects.count()) == (seen, seen)


def test_only_the_owner_s_people_may_write_its_sheets(system: None) -> None:
    owner, other = factories.member(), factories.member()
    publish_photo(declared(owner=owner, visibility=Layer.Visibility.PUBLIC))
    with acting_as(Rights(user_id=1, roles={other.pk: "gis_administrator"})), transaction.atomic():
        assert PhotoSheet.objects.all().delete()[0] == 0
    with acting_as(Rights(user_id=1, roles={owner.pk: "gis_administrator"})), transaction.atomic():
        assert PhotoSheet.objects.all().delete()[0] == 1
