"""What is selected on the map is outlined on paper, with its line in the legend; only what its asker may see."""

from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import LineString
from django.test import Client

from gis_core.errors import NotFound
from gis_core.members.rights import Role, rights_of
from layers.printing.palette import LIGHT
from tests import factories
from tests.printing.conftest import CENTER, DrawnPath, Opened, Print
from tests.printing.rows import owned_table
from tests.printing.test_drawing import box
from tests.printing.test_prints import ORDER, signed_in

pytestmark = pytest.mark.django_db


def outlines(printed: Opened) -> list[DrawnPath]:
    """What is drawn on the map itself in the colour of outlines."""
    ink = tuple(round(part * 255) for part in LIGHT.accent[:3])
    frame = printed.sheet.map
    return [
        one for one in printed.paths() if one.stroked and one.colour[:3] == ink and one.points[:, 0].max() < frame.right
    ]


def chosen(*ids: int, layer: str = "parcels") -> dict[str, Any]:
    return {"selected": [{"layer": layer, "ids": list(ids)}]}


def test_a_selected_parcel_is_outlined_exactly(print_map: Print) -> None:
    selected = factories.parcel(number="0121", geom=box(-20, -10, 40, 20))
    factories.parcel(number="0122", geom=box(40, -10, 10, 20))
    (outline,) = outlines(print_map("parcels", scale=500, **chosen(selected.pk)))
    assert np.ptp(outline.points, axis=0) == pytest.approx((80, 40), abs=0.05)


def test_a_selected_line_is_seen_inside_its_outline(print_map: Print) -> None:
    made = factories.editable_layer(geometry="line", slug="conduites", title="Conduites", visibility="public")
    line = factories.feature(made, LineString((CENTER[0] - 10, CENTER[1]), (CENTER[0] + 10, CENTER[1]), srid=2154))
    (outline,) = outlines(print_map("conduites", scale=500, **chosen(line, layer="conduites")))
    assert np.ptp(outline.points, axis=0) == pytest.approx((43, 3), abs=0.1)


def test_the_legend_says_what_is_selected(print_map: Print) -> None:
    one, other = (factories.parcel(number=f"012{end}", geom=box(20 * end, 0, 10, 10)) for end in (1, 2))
    text = " ".join(print_map("parcels", **chosen(one.pk)).text().split())
    assert "Sélection" in text
    assert "Sélection : 2 objets" in " ".join(print_map("parcels", **chosen(one.pk, other.pk)).text().split())


def test_without_a_selection_nothing_is_said_of_it(print_map: Print) -> None:
    factories.parcel(geom=box(0, 0, 10, 10))
    printed = print_map("parcels")
    assert "Sélection" not in printed.text()
    assert outlines(printed) == []


def test_what_its_asker_does_not_see_is_not_outlined(print_map: Print) -> None:
    mine, theirs = factories.member(), factories.member()
    table = owned_table("plots_outlined", {mine.pk: CENTER[0] - 40, theirs.pk: CENTER[0] + 10}, CENTER[1])
    factories.layer("plots", table=table, rows="owner", geometry_type="polygon", visibility="signed_in", columns=[])
    rights = rights_of(factories.user(mine, Role.READER))
    printed = print_map("plots", rights=rights, **chosen(1, 2, layer="plots"))
    assert len(outlines(printed)) == 1


def test_a_selected_layer_that_is_closed_meanwhile_stops_the_print(print_map: Print) -> None:
    factories.parcel(geom=box(0, 0, 10, 10))
    factories.layer("fermee", title="Couche fermée", visibility="owner", owner=factories.member())
    with pytest.raises(NotFound, match="fermee"):
        print_map("parcels", **chosen(1, layer="fermee"))


@pytest.mark.parametrize("ids", [[], ["x"], list(range(2_001))])
def test_a_bad_selection_is_refused(ids: list[Any]) -> None:
    browser = signed_in(factories.user(factories.member(), Role.READER))
    assert order(browser, selected=[{"layer": "parcels", "ids": ids}]).status_code == 400


def test_the_selection_of_a_layer_of_others_is_refused() -> None:
    factories.layer("leur", visibility="owner", owner=factories.member())
    browser = signed_in(factories.user(factories.member(), Role.READER))
    assert order(browser, **chosen(1, layer="leur")).status_code == 400
    assert order(browser, **chosen(1)).status_code == 202


def order(browser: Client, **fields: Any) -> Any:
    return browser.post("/api/v1/prints/", ORDER | fields, content_type="application/json")
