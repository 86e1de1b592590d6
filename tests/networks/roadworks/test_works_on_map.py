"""The layers of works and of detours tell past ones from current and coming ones, day after day."""

from datetime import date, timedelta
from typing import Any

import pytest

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.legend import line_for
from layers.catalogue.models import Layer
from layers.catalogue.validators import validate_legend, validate_where
from layers.features.services.write import Edit
from networks.roadworks import detour_layer, layers
from networks.roadworks.models import WorkDetour
from networks.roadworks.services import works
from networks.roadworks.services.legends import follow_days, move_days
from tests import factories
from tests.networks.conftest import Network, along
from tests.networks.roadworks.works import stretch, work

DAY = date(2026, 12, 10)


def shown(legend: list[dict[str, Any]], first: int, last: int, **values: str) -> str:
    """What the legend calls works of these days from the day."""
    days = {"starts_on": DAY + timedelta(days=first), "ends_on": DAY + timedelta(days=last)}
    found = line_for(legend, {"state": "planned", "measure": "closed"} | days | values)
    return "" if found is None else str(legend[found]["label_en"])


@pytest.mark.parametrize(
    ("first", "last", "values", "label"),
    [
        (0, 0, {}, "Road closed"),
        (-5, 0, {"measure": "narrowed"}, "Lane narrowed"),
        (1, 9, {}, "Coming, road or direction closed"),
        (1, 9, {"measure": "alternate"}, "Coming, nothing closed"),
        (-9, -1, {}, "Over for less than 30 days"),
        (-60, -30, {}, "Over for less than 30 days"),
        (-60, -31, {}, ""),
        (-1, 3, {"state": "cancelled"}, "Cancelled"),
        (-9, -1, {"state": "cancelled"}, ""),
        (-1, 3, {"state": "draft"}, "Draft"),
        (-9, -1, {"state": "draft"}, ""),
    ],
)
def test_works_are_drawn_by_their_days(first: int, last: int, values: dict[str, str], label: str) -> None:
    assert shown(layers.legend_on(DAY), first, last, **values) == label


@pytest.mark.parametrize(("first", "last", "label"), [(0, 3, "Detour in place"), (1, 3, "Coming detour"), (-3, -1, "")])
def test_detours_are_drawn_by_the_days_of_their_works(first: int, last: int, label: str) -> None:
    assert shown(detour_layer.legend_on(DAY), first, last) == label


@pytest.mark.django_db
@pytest.mark.parametrize("module", [layers, detour_layer])
def test_the_legends_are_sound_and_follow_the_days(module: Any) -> None:
    legend = module.legend_on(DAY)
    validate_legend(legend)
    validate_where(legend, [one["name"] for one in module.declaration().columns if one["in_tiles"]])
    later = DAY + timedelta(days=400)
    assert move_days(legend, later) == module.legend_on(later)


def test_a_look_of_an_administrators_own_follows_the_days_too() -> None:
    own = {"label": "Mienne", "where": {"ends_on": {"below": DAY.isoformat()}, "kind": {"in": ["water"]}}}
    (line,) = move_days([own], DAY + timedelta(days=1))
    assert line == {"label": "Mienne", "where": {"ends_on": {"below": "2026-12-11"}, "kind": {"in": ["water"]}}}
    assert move_days([{"label": "Toutes", "where": {}}], DAY) == [{"label": "Toutes", "where": {}}]


@pytest.mark.parametrize(
    "where", [{"ends_on": {"from": "2026-11-10", "below": "2026-12-10"}},
              {"starts_on": {"to": "2026-12-17"}, "ends_on": {"from": "2026-12-10"}}]
)  # fmt: skip
@pytest.mark.parametrize("late", [1, 3])
def test_a_look_that_names_two_days_is_moved_as_one(where: dict[str, dict[str, str]], late: int) -> None:
    """“Over for less than 30 days”, “within a week”: the day that it was written for is the other one."""
    (line,) = move_days([{"label": "Mienne", "where": where}], DAY + timedelta(days=late))
    assert line["where"] == {
        name: {sign: (date.fromisoformat(day) + timedelta(days=late)).isoformat() for sign, day in one.items()}
        for name, one in where.items()
    }


@pytest.mark.django_db
def test_the_nightly_job_brings_both_layers_to_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_core.database.clock.today", lambda: DAY)
    with factories.as_worker(), acting_as(SYSTEM):
        version = Layer.objects.get(slug="works").version
        assert follow_days() == 2
        assert follow_days() == 0
        found = Layer.objects.get(slug="works")
    assert found.legend == layers.legend_on(DAY)
    assert found.version == version + 1


def days_of(detour: WorkDetour) -> tuple[date | None, date | None]:
    with factories.as_owner():
        detour.refresh_from_db()
    return detour.starts_on, detour.ends_on


def test_a_detour_has_the_days_of_its_works_and_follows_them(network: Network) -> None:
    made = work(network, measure="closed")
    with factories.as_worker():
        detour = WorkDetour.objects.create(owner=made.owner, work=made, geom=stretch((0, 400), (100, 400))[0])
    assert days_of(detour) == (made.starts_on, made.ends_on)
    later = made.ends_on + timedelta(days=7)
    with network.as_():
        version = Layer.objects.get(slug="works-detours").version
        works.change(work=made, version=made.version, rights=network.rights(), ends_on=later)
        assert Layer.objects.get(slug="works-detours").version > version
    assert days_of(detour) == (made.starts_on, later)


def test_a_detour_drawn_on_the_map_has_the_days_of_its_works(network: Network) -> None:
    made = work(network, measure="closed")
    edit = Edit(action="create", properties={"work_id": made.pk}, geometry=along((0, 400), (100, 400)))
    (written,) = network.edit("works-detours", [edit])
    with factories.as_owner():
        assert days_of(WorkDetour.objects.get(pk=written.id)) == (made.starts_on, made.ends_on)
