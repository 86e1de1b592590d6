"""Works: made, numbered, changed, announced, cancelled; what is refused of them; the shared editing."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiLineString
from django.db import IntegrityError, transaction

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.members.rights import ANONYMOUS, SYSTEM, acting_as
from layers.features.errors import FieldRefused
from layers.features.services.origin import Origin
from layers.features.services.restore import restore
from layers.features.services.write import Edit
from networks.roadworks.models import Work
from networks.roadworks.services import works
from networks.roadworks.services.works import WorkQuery
from tests import factories
from tests.networks.conftest import Network, along
from tests.networks.roadworks.works import FIRST, LAST, numbered_road, section, stretch, work


def test_works_are_numbered_by_member_and_year(network: Network) -> None:
    year = date.today().year
    first, second, theirs = work(network), work(network), work(network, who="stranger")
    assert [first.reference, second.reference, theirs.reference] == [f"{year}-0001", f"{year}-0002", f"{year}-0001"]


def test_a_number_that_somebody_took_is_left_out(network: Network) -> None:
    work(network, reference=f"{date.today().year}-0001")
    assert work(network).reference == f"{date.today().year}-0002"


def test_a_number_that_is_there_is_refused(network: Network) -> None:
    taken = work(network).reference
    with pytest.raises(Conflict):
        work(network, reference=taken)


def test_works_know_their_commune_and_their_roads(network: Network) -> None:
    numbered_road(network.member)
    made = work(network)
    assert (made.insee, made.place) == ("45901", "Route d’Orléans")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": date(2026, 12, 12)}, "ends_on"),
        ({"starts_on": date(26, 12, 1)}, "starts_on"),
        ({"ends_on": date(2126, 12, 1)}, "ends_on"),
        ({"ends_on": date(2031, 1, 1)}, "ends_on"),
        ({"starts_on": None}, "starts_on"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"speed_kmh": 0}, "speed_kmh"),
        ({"measure": "barree"}, "measure"),
        ({"kind": "fete"}, "kind"),
        ({"state": "cancelled"}, "state"),
        ({"geom": None}, "geom"),
        ({"geom": along((0, 0), (0.1, 0))}, "geom"),
        ({"geom": along((0, 0), (200_000, 0))}, "geom"),
        ({"geom": MultiLineString(srid=2154)}, "geom"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(network: Network, values: dict[str, Any], field: str) -> None:
    given = {"title": "Enrobés", "starts_on": FIRST, "ends_on": LAST, "geom": stretch((0, 0), (50, 0))}
    with network.as_(), pytest.raises(Invalid) as refused:
        works.make(owner=network.member, rights=network.rights(), **(given | values))
    assert refused.value.extra["parameter"] == field
    with factories.as_owner():
        assert not Work.objects.exists()


@pytest.mark.parametrize("who", ["reader", "town_hall", "permit_instructor", "stranger"])
def test_who_does_not_work_on_networks_plans_nothing(network: Network, who: str) -> None:
    with network.as_(who), pytest.raises(Forbidden):
        works.make(owner=network.member, rights=network.rights(who), title="x", starts_on=FIRST, ends_on=LAST,
                   geom=stretch((0, 0), (50, 0)))  # fmt: skip


def test_a_draft_is_seen_by_its_member_alone_until_it_is_announced(network: Network) -> None:
    made = work(network, state="draft")
    for rights in (ANONYMOUS, network.rights("stranger")):
        with acting_as(rights):
            assert not Work.objects.exists()
            with pytest.raises(NotFound):
                works.one(made.pk, rights)
    with network.as_("reader"):
        assert works.one(made.pk, network.rights("reader")) == made
    with network.as_():
        works.announce(work=made, version=made.version, rights=network.rights())
    with acting_as(ANONYMOUS):
        assert works.one(made.pk, ANONYMOUS).state == Work.State.PLANNED


def test_a_change_from_what_somebody_else_changed_is_refused(network: Network) -> None:
    made = work(network)
    with network.as_():
        changed = works.change(work=made, version=made.version, rights=network.rights(), title="Enrobés de nuit")
        assert (changed.title, changed.version) == ("Enrobés de nuit", made.version + 1)
        with pytest.raises(Stale):
            works.change(work=made, version=made.version, rights=network.rights(), title="Autre")


def test_cancelled_works_stay_and_are_changed_no_more(network: Network) -> None:
    made = work(network)
    with network.as_():
        gone = works.cancel(work=made, version=made.version, rights=network.rights())
        assert gone is not None
        assert gone.state == Work.State.CANCELLED
        with pytest.raises(Conflict):
            works.change(work=gone, version=gone.version, rights=network.rights(), title="x")


def test_a_draft_that_is_given_up_leaves_nothing(network: Network) -> None:
    made = work(network, state="draft")
    with network.as_():
        assert works.cancel(work=made, version=made.version, rights=network.rights()) is None
    with acting_as(SYSTEM):
        assert not Work.objects.exists()


def test_works_are_listed_by_days_commune_kind_and_measure(network: Network) -> None:
    work(network, title="Ici", measure="closed")
    work(network, title="Janvier", starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 8), kind="water")
    work(network, (5000, 5000), (5100, 5000), title="Ailleurs")
    rights = network.rights()

    def titles(**wanted: Any) -> list[str]:
        return [one.title for one in works.list_works(WorkQuery(**wanted), rights)]

    with network.as_():
        assert titles(first=date(2026, 12, 11), last=date(2026, 12, 31)) == ["Ici", "Ailleurs"]
        assert titles(insee="45901") == ["Ici", "Janvier"]
        assert titles(kind="water") == ["Janvier"]
        assert titles(measure="closed") == ["Ici"]


# -- the shared editing (the map, QGIS) -------------------------------------------------------------------------------


def edit(network: Network, **values: Any) -> int:
    given: dict[str, Any] = {"title": "Curage", "starts_on": "2026-12-01", "ends_on": "2026-12-02"} | values
    (made,) = network.edit("works", [Edit(action="create", properties=given, geometry=along((0, 50), (80, 50)))])
    return made.id


def test_works_drawn_in_the_map_or_qgis_are_numbered_too(network: Network) -> None:
    with acting_as(SYSTEM):
        made = Work.objects.get(pk=edit(network))
    assert (made.reference, made.state, made.insee) == (f"{date.today().year}-0001", "draft", "45901")


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"ends_on": "2026-11-30"}, "ends_on", "avant de commencer"),
        ({"starts_on": "1999-12-01"}, "starts_on", "quatre chiffres"),
    ],
)
def test_the_shared_editing_says_what_is_wrong_with_days(
    network: Network, values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(FieldRefused) as refused:
        edit(network, **values)
    (fault,) = refused.value.extra["errors"]
    assert (fault["field"], words in fault["message"]) == (field, True)


def test_an_internal_remark_leaves_by_no_layer(network: Network) -> None:
    work(network, comment="Demander la clé au gardien")
    for who in ("stranger", "network_technician"):
        answer = network.client(who).get("/api/v1/layers/works/features/")
        assert (answer.status_code, "Enrobés" in answer.content.decode()) == (200, True)
        assert "gardien" not in answer.content.decode()


def test_sections_of_several_members_carry_one_works(network: Network) -> None:
    section(network.member, (0, 0), (50, 0), name_left="Rue Haute")
    section(network.other, (50, 0), (100, 0), name_left="Rue Basse")
    assert work(network, (0, 0), (100, 0)).place == "Rue Basse, Rue Haute"


def test_a_draft_is_not_cancelled_on_the_map_which_would_tell_it(network: Network) -> None:
    made = work(network, state="draft")
    with factories.as_worker(), pytest.raises(IntegrityError, match="planned, then cancelled"), transaction.atomic():
        Work.objects.filter(pk=made.pk).update(state="cancelled")


def updated(network: Network, made: Work, **values: Any) -> None:
    """As the map or QGIS does."""
    with acting_as(SYSTEM):
        version = Work.objects.values_list("version", flat=True).get(pk=made.pk)
    network.edit("works", [Edit(action="update", id=made.pk, version=version, properties=values)])


def test_announced_works_are_no_draft_again(network: Network) -> None:
    made = work(network)
    with pytest.raises(FieldRefused) as refused:
        updated(network, made, state="draft")
    (fault,) = refused.value.extra["errors"]
    assert (fault["field"], "brouillon" in fault["message"]) == ("state", True)


@pytest.mark.parametrize("values", [{"title": "Autre"}, {"ends_on": "2026-12-24"}, {"state": "planned"}])
def test_cancelled_works_stay_as_they_were_on_the_map_too(network: Network, values: dict[str, Any]) -> None:
    made = work(network)
    with network.as_():
        works.cancel(work=made, version=made.version, rights=network.rights())
    with pytest.raises(FieldRefused):
        updated(network, made, **values)


def test_works_do_not_begin_as_cancelled_on_the_map(network: Network) -> None:
    with pytest.raises(FieldRefused):
        edit(network, state="cancelled")


def test_cancelled_works_that_were_deleted_are_restored(network: Network) -> None:
    made = work(network)
    with network.as_():
        gone = works.cancel(work=made, version=made.version, rights=network.rights())
    assert gone is not None
    network.edit("works", [Edit(action="delete", id=made.pk, version=gone.version)])
    rights = network.rights()
    with network.as_():
        layer = works.layer()
        restore(layer, made.pk, version=gone.version, current_version=None, rights=rights, origin=Origin("web"))
        assert works.one(made.pk, rights).state == Work.State.CANCELLED


def test_cancelled_works_of_an_import_come_as_they_are(network: Network) -> None:
    with factories.as_worker():
        made = Work.objects.create(owner=network.member, title="Ancien registre", state="cancelled", import_id=1,
                                   starts_on=FIRST, ends_on=LAST, geom=stretch((0, 0), (50, 0)))  # fmt: skip
    assert made.state == Work.State.CANCELLED
