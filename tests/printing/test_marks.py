"""Signs on a printed map: their pictograms from near, the symbol of their family from far."""

from django.contrib.gis.geos import Point

from layers.printing.marks import operators_of
from networks.roads.iisr import SIGNS
from networks.roads.models import RoadAsset
from networks.roads.pictograms import pictogram, pictogram_on_paper
from tests import factories
from tests.printing.conftest import CENTER, Opened, Print

BLUE = (19, 81, 168)


def sign(code: str | None, inscription: str = "", kind: str = "sign") -> None:
    owner = factories.member(factories.commune())
    with factories.as_worker():
        place = Point(*CENTER, srid=2154)
        RoadAsset.objects.create(owner=owner, kind=kind, code=code, inscription=inscription, geom=place)


def colours(printed: Opened) -> set[tuple[int, ...]]:
    """Of what is drawn around the middle of the map, some millimetres wide."""
    found = [one for one in printed.paths() if 3 < max(one.points.max(axis=0) - one.points.min(axis=0)) < 7]
    return {one.colour[:3] for one in found}


def test_every_pictogram_can_be_drawn_on_paper() -> None:
    assert [code for code in SIGNS if " m\n" not in operators_of(pictogram(code))] == []


def test_a_sign_is_printed_with_its_pictogram_from_near_alone(print_map: Print) -> None:
    sign("B21a1")
    assert BLUE in colours(print_map("road-assets", scale=1_000))
    assert BLUE not in colours(print_map("road-assets", scale=10_000))


def test_what_is_written_on_a_sign_is_printed_as_a_shape(print_map: Print) -> None:
    sign("B14", "50")
    assert pictogram_on_paper({"kind": "sign", "code": "B14", "inscription": "50"}) == pictogram("B14", "50")
    plain, worded = operators_of(pictogram("B0")), operators_of(pictogram("B14", "50"))
    assert worded.count(" m\n") - plain.count(" m\n") == 4  # the 5; the 0, with a hole on each side of its bar
    assert "50" not in print_map("road-assets").text().split()


def test_what_has_no_code_keeps_the_symbol_of_the_legend(print_map: Print) -> None:
    assert pictogram_on_paper({"kind": "lighting", "code": "B14"}) == ""
    assert pictogram_on_paper({"kind": "sign", "code": None}) == ""
    sign(None, kind="lighting")
    assert print_map("road-assets").paths()


def test_a_sign_whose_inscription_is_no_text_is_drawn_all_the_same() -> None:
    assert operators_of(pictogram("B14", "\x01<&"))
