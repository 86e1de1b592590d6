"""Pixels for printed maps: where they should be to the pixel, and only on the ground that the asker sees."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon

from gis_core.errors import Unavailable
from gis_core.members.rights import ANONYMOUS, acting_as, rights_of
from layers.catalogue.pictures import open_photo
from tests import factories
from tests.tiles.ortho import campaign

pytestmark = pytest.mark.django_db
BOX = (campaign.WEST + 10, campaign.NORTH - 60, campaign.WEST + 70, campaign.NORTH - 20)
SIZE = (300, 200)


def test_a_picture_shows_each_place_at_its_pixel() -> None:
    with acting_as(ANONYMOUS):
        found = open_photo(campaign.publish(), ANONYMOUS).read(BOX, SIZE)
    assert found is not None
    rgb, there = found
    assert there.all()
    truth = campaign.pixels(BOX[0], BOX[3], campaign.STEP, *SIZE).astype(int)
    assert np.abs(rgb - truth).max() <= 1


def test_a_town_sees_the_pixels_of_its_own_commune_only() -> None:
    half = MultiPolygon(Polygon.from_bbox((campaign.WEST, campaign.NORTH - 100, campaign.WEST + 40, campaign.NORTH)))
    half.srid = 2154
    town = factories.member(factories.commune(geom=half))
    rights = rights_of(factories.user(town))
    with acting_as(rights):
        shown = campaign.publish(
            visibility="members", owner=factories.member(), shared_with=[town.pk], within_communes=True
        )
        opened = open_photo(shown, rights)
        found = opened.read(BOX, SIZE)
    assert opened.narrowed
    assert found is not None
    assert found[1][:, :150].all()
    assert not found[1][:, 151:].any()
    assert opened.ground.bounds[2] == pytest.approx(campaign.WEST + 40, abs=0.3)


def test_a_missing_file_is_said_in_words() -> None:
    with acting_as(ANONYMOUS):
        opened = open_photo(campaign.publish("perdue", "orthophoto/perdue/1"), ANONYMOUS)
        for sheet in Path(settings.FILES_DIR, "orthophoto/perdue/1").glob("nord-*.tif"):
            sheet.unlink()
        with pytest.raises(Unavailable, match="Photo perdue"):
            opened.read(BOX, SIZE)
