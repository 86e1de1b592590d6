"""Every form that creates, sent twice: one record, and the second answer leads to it; a new form makes another one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from gis_core.database.clock import today
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import ApiToken, IdempotencyKey, Letter, Member, Membership, User
from gis_core.tasks import tidy
from layers.catalogue.models import Background, Theme
from layers.external.models import AllowedHost
from networks.notifications.models import Notice
from networks.roads.models import RoadAsset, RoadInspection
from networks.roadworks.models import Work, WorkDetour, WorkRequest
from networks.water.models import HydrantInspection, ManholeInspection, Outage, Repair
from permits.models import Consultation, Event, Piece, Team
from tests import factories
from tests.documents import pdf
from tests.networks.conftest import at, made_network
from tests.networks.roads.test_road_assets_placing import SIGN
from tests.networks.roadworks.road_orders import given_request, made_desk
from tests.networks.roadworks.test_work_pages import filled
from tests.networks.roadworks.works import numbered_road
from tests.page_forms import Sent, at_once, browser, opened
from tests.permits.conftest import World, made_world

TECHNICIAN, ADMINISTRATOR = Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR


@dataclass(frozen=True)
class Case:
    """A page with a form: what is typed there, which of its fields tells it from others, where it is sent, what it
    makes of which kind.
    """

    user: User
    url: str
    named: str
    typed: dict[str, Any]
    kind: type[Model]
    to: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def form(self) -> Sent:
        """What a browser sends of a page that was opened now."""
        given = {name: value if isinstance(value, list) else [str(value)] for name, value in self.typed.items()}
        return opened(browser(self.user), self.url, "form_key", self.named) | given

    def send(self, form: Sent) -> Any:
        files = {name: SimpleUploadedFile("plan.pdf", content) for name, content in self.files.items()}
        return browser(self.user).post(self.to or self.url, form | files)

    def count(self) -> int:
        with factories.as_owner():
            return self.kind._base_manager.count()


# -- permits ----------------------------------------------------------------------------------------------------------


def of_a_file(name: str, *more: Any) -> tuple[World, str]:
    world = made_world()
    return world, reverse(name, args=[world.file().number, *more])


def event() -> Case:
    world, url = of_a_file("permit_event", "note")
    return Case(world.people[Role.PERMIT_INSTRUCTOR], url, "note", {"on": today(), "note": "Appel"}, Event)


def asked() -> Case:
    world, url = of_a_file("consultations")
    return Case(world.people[Role.PERMIT_INSTRUCTOR], url, "body", {"body": "sdis", "asked": today()}, Consultation)


def letter() -> Case:
    world, url = of_a_file("permit_letters")
    return Case(world.people[Role.PERMIT_INSTRUCTOR], url, "kind", {"kind": "permit-receipt"}, Letter)


def piece() -> Case:
    world, url = of_a_file("pieces")
    typed = {"kind": "other"}
    return Case(world.people[Role.PERMIT_INSTRUCTOR], url, "kind", typed, Piece, files={"file": pdf()})


def team() -> Case:
    world = made_world()
    page = reverse("permit_settings", args=[world.member.slug])
    to = reverse("permit_teams", args=[world.member.slug])
    return Case(world.people[ADMINISTRATOR], page, "name", {"name": "Une équipe"}, Team, to)


# -- members, accounts, layers ----------------------------------------------------------------------------------------


def invitation() -> Case:
    world = made_world()
    typed = {"email": "nouvelle@exemple.fr", "role": Role.READER.value}
    return Case(world.people[ADMINISTRATOR], reverse("people", args=[world.member.slug]), "email", typed, Membership)


def token() -> Case:
    world = made_world()
    to = reverse("token_create")
    return Case(world.people[Role.READER], reverse("account"), "name", {"name": "QGIS"}, ApiToken, to)


def agency() -> User:
    return factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)


def administered_member() -> Case:
    typed = {"name": "Un syndicat", "slug": "syndicat", "siren": factories.siren(), "kind": "petr"}
    return Case(agency(), reverse("admin:gis_core_member_add"), "siren", typed, Member)


def theme() -> Case:
    return Case(agency(), reverse("admin:catalogue_theme_add"), "slug", {"slug": "bruit", "title": "Bruit"}, Theme)


def background() -> Case:
    url = "https://fond.example/{z}/{x}/{y}"
    typed = {"slug": "fond", "title": "Fond", "kind": "xyz", "url": url, "attribution": "IGN"}
    return Case(agency(), reverse("admin:catalogue_background_add"), "url", typed, Background)


def host() -> Case:
    world = made_world()
    to = reverse("external_host_allow")
    typed = {"host": "ailleurs.example"}
    return Case(world.people[Role.AGENCY_ADMINISTRATOR], reverse("externals"), "host", typed, AllowedHost, to)


# -- networks ---------------------------------------------------------------------------------------------------------


def outage() -> Case:
    network = made_network()
    with transaction.atomic():
        network.node(0, 0, "tank")
        network.node(60, 0, "valve")
        pipe = network.pipe((0, 0), (60, 0))
    page, typed = reverse("outages"), {"request": json.dumps({"pipe": pipe}), "form_key": str(uuid4())}
    return Case(network.people[TECHNICIAN], page, "request", typed, Outage)


def repair() -> Case:
    network = made_network()
    network.pipe((0, 0), (60, 0), reference="C1")
    typed = {"network": "water", "pipe_reference": "C1", "repaired_date": today(), "comment": "Fuite"}
    return Case(network.people[TECHNICIAN], reverse("network_repair_new"), "repaired_date", typed, Repair)


def inspection() -> Case:
    network = made_network()
    url = reverse("hydrant", args=[network.node(50, 50, "hydrant", reference="PI-12")])
    typed = {"kind": "visual", "done_date": today(), "done_by": "Anne", "verdict": "compliant"}
    return Case(network.people[TECHNICIAN], url, "done_by", typed, HydrantInspection)


def manhole_inspection() -> Case:
    network = made_network()
    with transaction.atomic():
        pk = network.make("sewer-nodes", at(50, 50), kind="manhole", system="02", reference="R-12")
    typed = {"done_date": today(), "done_by": "Anne", "verdict": "good"}
    return Case(network.people[TECHNICIAN], reverse("manhole", args=[pk]), "done_by", typed, ManholeInspection)


def notice() -> Case:
    network = made_network()
    typed = {"kind": "planned", "addresses": "1 rue des Tanneurs, 45260 Lorris"}
    return Case(network.people[TECHNICIAN], reverse("notice_new"), "addresses", typed, Notice, reverse("notices"))


def contact() -> Case:
    from networks.notifications.models import Contact

    network = made_network()
    typed = {"name": "Jeanne", "address": "1 rue des Tanneurs, 45260 Lorris", "phone": "06 39 98 00 01"}
    return Case(network.people[TECHNICIAN], reverse("contact_new"), "phone", typed, Contact)


def works() -> Case:
    network = made_network()
    numbered_road(network.member)
    return Case(network.people[TECHNICIAN], reverse("work_new"), "title", filled(network), Work)


def road_request() -> Case:
    desk = made_desk(made_network())
    typed = given_request()
    return Case(desk.network.people[TECHNICIAN], reverse("road_request_new"), "description", typed, WorkRequest)


def order() -> Case:
    desk = made_desk(made_network())
    url = reverse("road_request", args=[desk.enter().pk])
    from networks.roadworks.kinds import TRAFFIC

    return Case(desk.network.people[TECHNICIAN], url, "kind", {"do": "letter", "kind": TRAFFIC}, Letter)


def detour() -> Case:
    desk = made_desk(made_network())
    one = desk.work(desk.enter())
    page, to = reverse("work", args=[one.work_id]), reverse("work_detour", args=[one.work_id])
    return Case(desk.network.people[TECHNICIAN], page, "gauge", {"do": "keep"}, WorkDetour, to)


def asset() -> Case:
    network = made_network()
    numbered_road(network.member)
    typed = SIGN | {"start": "D 2020 PR 12+20"}
    return Case(network.people[TECHNICIAN], reverse("road_asset_new", args=["point"]), "code", typed, RoadAsset)


def asset_inspection() -> Case:
    made = asset()
    url = made.send(made.form())["Location"]
    typed = {"mark": "4", "done_date": today(), "done_by": "Anne"}
    return Case(made.user, url, "done_by", typed, RoadInspection)


CASES = (
    event, asked, letter, piece, team, invitation, token, host,
    administered_member, theme, background, repair, inspection, manhole_inspection, notice, contact, works,
    road_request, order, detour, asset, asset_inspection,
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("make", CASES, ids=[make.__name__ for make in CASES])
def test_a_form_that_is_sent_twice_is_recorded_once(make: Callable[[], Case]) -> None:
    case = make()
    before, form = case.count(), case.form()
    first = case.send(form)
    assert first.status_code in (200, 302), first.content.decode()
    made = case.count() - before
    assert made > 0
    second = case.send(form)
    assert second.status_code == 302
    assert second["Location"] == (first["Location"] if first.status_code == 302 else reverse("account"))
    assert case.count() - before == made


@pytest.mark.django_db
def test_an_outage_whose_answer_was_lost_is_recorded_once(client: Any) -> None:
    case = outage()
    form = {name: [value] for name, value in case.typed.items()}
    first, second = case.send(form), case.send(form)
    assert (first.status_code, second.status_code, case.count()) == (302, 302, 1)
    assert first["Location"] == second["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("make", [event, notice, repair, asset_inspection], ids=lambda make: make.__name__)
def test_a_form_that_was_opened_anew_makes_another_one(make: Callable[[], Case]) -> None:
    case = make()
    before = case.count()
    assert [case.send(case.form()).status_code for _rank in range(2)] == [302, 302]
    assert case.count() - before == 2


@pytest.mark.django_db
def test_a_window_of_another_form_that_is_sent_twice_leads_to_what_it_made(client: Any) -> None:
    case = theme()
    case = replace(case, url=f"{case.url}?_popup=1")
    form = case.form()
    first, second = case.send(form), case.send(form)
    made = Theme.objects.get(slug="bruit")
    assert first.status_code == 200
    assert second["Location"] == f"{reverse('admin:catalogue_theme_change', args=[made.pk])}?_popup=1"


@pytest.mark.django_db
def test_a_row_of_the_administration_sent_again_with_other_values_is_asked_about(client: Any) -> None:
    case = background()
    form, before = case.form(), case.count()
    case.send(form)
    again = case.send(form | {"slug": ["autre"]})
    assert (again.status_code, case.count() - before) == (409, 1)
    assert reverse("admin:catalogue_background_changelist") in again.content.decode()


@pytest.mark.django_db
def test_files_are_asked_for_again_where_other_values_come(client: Any) -> None:
    case = piece()
    form = case.form()
    case.send(form)
    asked_about = case.send(form | {"kind": ["plan"]})
    page = asked_about.content.decode()
    assert (asked_about.status_code, case.count()) == (409, 1)
    assert "choose its files again" in page
    assert f'href="{case.url}"' in page


@pytest.mark.django_db
def test_keys_go_after_a_week(client: Any) -> None:
    case = event()
    case.send(case.form())
    with acting_as(SYSTEM), factories.as_owner():
        old = timezone.now() - timedelta(days=8)
        assert IdempotencyKey.objects.update(at=old) == 1
    with factories.as_worker():
        tidy(0)
    with factories.as_owner():
        assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    "make", [outage, notice, event, administered_member, theme, background], ids=lambda make: make.__name__
)
def test_two_presses_at_the_same_moment_make_one(database: str, make: Callable[[], Case]) -> None:
    case = make()
    form = {name: [value] for name, value in case.typed.items()} if make is outage else case.form()
    before = case.count()
    places = at_once(*[lambda: str(case.send(form)["Location"])] * 2)
    assert len(set(places)) == 1
    assert case.count() - before == 1
