"""Every page that changes what exists, in two windows: the second press shows what differs and writes nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import transaction
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from gis_core.administration.edit_admin import EditAdmin, EditTabularInline
from gis_core.desk.edit_forms import EditForm
from gis_core.members.rights import Role
from gis_core.models import Membership, SignInMethod, User
from gis_core.tokens.services import create_token
from layers.catalogue.models import Background, Layer, Theme
from layers.external.models import AllowedHost
from layers.intake.models import LayerRefresh
from networks.notifications.services.contacts import find_contacts
from permits.models import Authority, Signatory
from tests import factories
from tests.external.conftest import external
from tests.networks.conftest import made_network
from tests.networks.notifications.test_warning_notices import draft, person, write
from tests.networks.roads.test_road_assets_placing import SIGN
from tests.networks.roadworks.road_orders import Desk, made_desk
from tests.networks.roadworks.works import numbered_road, work
from tests.page_forms import Sent, at_once, browser, form_with, opened
from tests.permits.conftest import World, made_world
from tests.policy import directories, sign_in_methods, simulations

TECHNICIAN, ADMINISTRATOR = Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR


@dataclass(frozen=True)
class Case:
    """A page that changes a row: who changes which field there, to which two values; what its button sends."""

    user: User
    url: str
    name: str
    values: tuple[str, str]
    more: Sent = field(default_factory=dict)
    to: str = ""
    within: str = ""
    """The field that carries it with others, as JSON."""

    def sent(self, form: Sent, value: str) -> Sent:
        if self.within:
            whole = json.loads(form[self.within][0]) | {self.name: json.loads(value)}
            return form | {self.within: [json.dumps(whole)]}
        return form | self.more | {self.name: [value]}

    def opened(self) -> Sent:
        """What the page sends when nothing is typed."""
        return opened(browser(self.user), self.url, self.within or self.name, f"initial-{self.name}")


WORDS = ("un", "deux")
LINE = {"label": "Lampe", "symbol": {"kind": "circle", "fill": "#0b5c6b"}}


# -- permits ----------------------------------------------------------------------------------------------------------


def instructor(world: World) -> User:
    return world.people[Role.PERMIT_INSTRUCTOR]


def permit() -> Case:
    world = made_world()
    return Case(instructor(world), reverse("permit_change", args=[world.file().number]), "address", WORDS)


def applicant() -> Case:
    world = made_world()
    return Case(instructor(world), reverse("applicant", args=[world.file().number]), "name", WORDS)


def permit_settings() -> Case:
    world = made_world()
    url = reverse("permit_settings", args=[world.member.slug])
    return Case(world.people[ADMINISTRATOR], url, "applicant_years", ("3", "4"))


def team() -> Case:
    world = made_world()
    administrator = world.people[ADMINISTRATOR]
    made = browser(administrator).post(reverse("permit_teams", args=[world.member.slug]), {"name": "Une"})
    return Case(administrator, made["Location"], "name", WORDS)


def authority() -> Case:
    world = made_world()
    with factories.as_owner():
        row = Authority.objects.get(owner=world.member)
    url = reverse("permit_authority", args=[world.member.slug, row.pk])
    return Case(world.people[ADMINISTRATOR], url, "place", WORDS)


def signatory() -> Case:
    world = made_world()
    with factories.as_owner():
        row = Signatory.objects.get(authority__owner=world.member)
    url = reverse("permit_signatory", args=[world.member.slug, row.authority_id, row.pk])
    return Case(world.people[ADMINISTRATOR], url, "quality", WORDS)


def figures() -> Case:
    world = made_world()
    return Case(instructor(world), reverse("permit_figures", args=[world.file().number]), "dwellings", ("3", "4"))


def permit_letter() -> Case:
    world = made_world()
    begun = browser(instructor(world)).post(
        reverse("permit_letters", args=[world.file().number]), {"kind": "permit-receipt"}
    )
    return Case(instructor(world), begun["Location"], "title", WORDS, {"action": ["save"]})


def consultation() -> tuple[World, str]:
    world = made_world()
    number = world.file().number
    given = {"body": "abf", "asked": "2026-01-06"}
    assert browser(instructor(world)).post(reverse("consultations", args=[number]), given).status_code == 302
    with world.as_():
        from permits.models import Consultation

        return world, reverse("consultation", args=[number, Consultation.objects.get().pk])


def receipt() -> Case:
    world, url = consultation()
    return Case(instructor(world), url, "received", ("2026-01-07", "2026-01-08"))


def answer() -> Case:
    world, url = consultation()
    given = {"opinion": ["favourable"], "answered": ["2026-02-01"]}
    return Case(instructor(world), url, "text", WORDS, given)


# -- members, letters, layers -----------------------------------------------------------------------------------------


def person_role() -> Case:
    world = made_world()
    reader = Membership.objects.get(user=world.people[Role.READER])
    url = reverse("person", args=[world.member.slug, reader.pk])
    return Case(world.people[ADMINISTRATOR], url, "role", (Role.PERMIT_INSTRUCTOR, TECHNICIAN))


def letter_template() -> Case:
    world = made_world()
    url = reverse("letter_template", args=[world.member.slug, "permit-receipt"])
    return Case(world.people[ADMINISTRATOR], url, "title", WORDS, {"action": ["save"]})


def letterhead() -> Case:
    world = made_world()
    return Case(world.people[ADMINISTRATOR], reverse("letterhead", args=[world.member.slug]), "place", WORDS)


def owner_levels() -> Case:
    world = made_world()
    url = reverse("owner_access", args=[world.member.slug])
    return Case(world.people[ADMINISTRATOR], url, TECHNICIAN.value, ("names", "all"))


def layer() -> Case:
    world = made_world()
    factories.editable_layer(world.member, slug="lampes", visibility="owner")
    return Case(world.people[ADMINISTRATOR], reverse("layer_settings", args=["lampes"]), "title", WORDS)


def layer_page(name: str) -> tuple[User, str]:
    """An administrator of a layer that has fields of its own, and one of its pages."""
    world = made_world()
    made = factories.editable_layer(world.member, slug="lampes", visibility="owner", legend=[LINE])
    return world.people[ADMINISTRATOR], reverse(name, args=[made.slug])


def layer_field() -> Case:
    return Case(*layer_page("layer_fields"), "name-label", WORDS)


def layer_naming() -> Case:
    return Case(*layer_page("layer_fields"), "title_field", ("kind", "lit"))


def layer_refresh() -> Case:
    user, url = layer_page("layer_refresh")
    with factories.as_owner():
        AllowedHost.objects.create(host="ailleurs.example")
        made, now = Layer.objects.get(slug="lampes"), timezone.now()
        place = {"kind": "address", "place": "https://ailleurs.example/lampes.gpkg"}
        LayerRefresh.objects.create(layer=made, owner=made.owner, mode="replace", period="day", next_at=now, **place)
    return Case(user, url, "hour", ("3", "5"))


def layer_rules() -> Case:
    user, url = layer_page("layer_fields")
    return Case(user, url, "no_overlap", ("soft", "hard"), to=reverse("layer_rules_page", args=["lampes"]))


def layer_style() -> Case:
    user, url = layer_page("layer_style")
    return Case(user, url, "scale_from", ("5000", "2000"), within="style")


def external_layer() -> Case:
    world = made_world()

    class Elsewhere:
        def url(self, path: str) -> str:
            return f"https://ailleurs.example{path}"

    made = external(Elsewhere(), world.member)  # type: ignore[arg-type]  # the address is all that is asked
    return Case(world.people[ADMINISTRATOR], reverse("external", args=[made.slug]), "title", WORDS)


def campaign() -> Case:
    world = made_world()
    made = factories.campaign(world.member, "refused", delivery=str(Path(__file__).parent))
    return Case(world.people[ADMINISTRATOR], reverse("campaign_restart", args=[made.slug]), "title", WORDS)


def described_campaign() -> Case:
    world = made_world()
    made = factories.campaign(world.member, "refused", delivery=str(Path(__file__).parent))
    return Case(world.people[ADMINISTRATOR], reverse("campaign_describe", args=[made.slug]), "title", WORDS)


# -- networks ---------------------------------------------------------------------------------------------------------


def notice_settings() -> Case:
    network = made_network()
    url = reverse("notice_settings", args=[network.member.slug])
    return Case(network.people[ADMINISTRATOR], url, "contact_years", ("3", "4"))


def hydrant_settings() -> Case:
    network = made_network()
    url = reverse("fire_settings", args=[network.member.slug])
    return Case(network.people[ADMINISTRATOR], url, "visual_months", ("3", "4"))


def manhole_settings() -> Case:
    network = made_network()
    url = reverse("manhole_settings", args=[network.member.slug])
    return Case(network.people[ADMINISTRATOR], url, "inspection_months", ("60", "48"))


def contact() -> Case:
    network = made_network()
    with transaction.atomic():
        write(network, person(1))
    with network.as_(), transaction.atomic():
        (found,), _more = find_contacts(network.member, "personne", why="essai")
        pk = found.id
    return Case(network.people[TECHNICIAN], reverse("contact", args=[pk]), "name", WORDS, {"do": ["save"]})


def notice() -> Case:
    network = made_network()
    url = reverse("notice", args=[draft(network, 1).pk])
    return Case(network.people[TECHNICIAN], url, "name", WORDS, {"do": ["save"]})


def works() -> Case:
    network = made_network()
    numbered_road(network.member)
    url = reverse("work_change", args=[work(network, starts_on=date.today(), ends_on=date.today()).pk])
    return Case(network.people[TECHNICIAN], url, "title", WORDS, {"do": ["save"]})


def desk() -> Desk:
    return made_desk(made_network())


def road_request() -> Case:
    made = desk()
    url = reverse("road_request", args=[made.enter().pk])
    return Case(made.network.people[TECHNICIAN], url, "description", WORDS, {"do": ["change"]})


def order() -> Case:
    made = desk()
    one = made.enter()
    url = reverse("road_letter", args=[one.pk, made.begin(one).pk])
    return Case(made.network.people[TECHNICIAN], url, "title", WORDS, {"action": ["save"]})


def asset() -> Case:
    network = made_network()
    numbered_road(network.member)
    user = network.people[TECHNICIAN]
    sign = SIGN | {"start": "D 2020 PR 12+20"}
    made = browser(user).post(reverse("road_asset_new", args=["point"]), sign)
    return Case(user, f"{made['Location']}deplacer/", "distance_m", ("5.0", "6.0"))


def numbering() -> Case:
    owner = factories.member(factories.commune())
    columns = [{"name": "name", "label": "Nom", "type": "text", "in_tiles": True}]
    factories.editable_layer(owner, "line", slug="haies", columns=columns, key_column="name")
    user = factories.user(owner, Role.GIS_ADMINISTRATOR)
    return Case(user, reverse("layer_numbering"), "haies", ("H-{000}", "L-{000}"))


LAYER_PAGES = (layer, layer_field, layer_naming, layer_rules, layer_style)


# -- simulations ------------------------------------------------------------------------------------------------------


def zone_rules() -> Case:
    member = factories.member(factories.commune("45901"))
    simulations.zone_of(factories.planning_document())
    url = reverse("zone_rules_zone", args=[member.slug, simulations.IDURBA, simulations.ZONE])
    return Case(factories.user(member, Role.PERMIT_INSTRUCTOR), url, "others", WORDS)


# -- how people sign in -----------------------------------------------------------------------------------------------


def sign_in_method(kind: str) -> Case:
    member = factories.member()
    method = SignInMethod(member=member, kind=kind, name="Annuaire", options=sign_in_methods.OPTIONS)
    method.secret = "secret"
    method.save()
    user = factories.user(member, ADMINISTRATOR)
    return Case(user, reverse("sign_in_method", args=[member.slug, method.pk]), "name", WORDS)


def openid_connect() -> Case:
    return sign_in_method("openid_connect")


def proconnect() -> Case:
    return sign_in_method("proconnect")


def directory() -> Case:
    member = factories.member()
    method = SignInMethod(member=member, kind="directory", name="Annuaire", options=directories.OPTIONS)
    method.secret = "secret"
    method.save()
    user = factories.user(member, ADMINISTRATOR)
    return Case(user, reverse("directory", args=[member.slug, method.pk]), "name", WORDS)


def passwords() -> Case:
    member = factories.member()
    people = [factories.user(member, ADMINISTRATOR) for _time in range(3)]
    for one in people:
        one.set_password("un cheval mange des huîtres")
        one.save()
    url = reverse("sign_in_methods", args=[member.slug])
    return Case(people[0], url, "emergency", (str(people[1].pk), str(people[2].pk)))


CASES: dict[str, Callable[[], Case]] = {
    "gis_core.accounts.providers.forms.OpenIDConnectChangeForm": openid_connect,
    "gis_core.accounts.providers.forms.ProConnectChangeForm": proconnect,
    "gis_core.accounts.providers.forms.PasswordsForm": passwords,
    "gis_core.accounts.directory.forms.DirectoryChangeForm": directory,
    "permits.pages.filing.ChangeForm": permit,
    "permits.pages.applicant.ApplicantForm": applicant,
    "permits.pages.settings.SettingsForm": permit_settings,
    "permits.pages.settings.TeamForm": team,
    "permits.pages.letters.LetterForm": permit_letter,
    "permits.pages.authorities.AuthorityForm": authority,
    "permits.pages.authorities.SignatoryForm": signatory,
    "permits.pages.figures.FiguresForm": figures,
    "permits.pages.consulting.ReceiptForm": receipt,
    "permits.pages.consulting.AnswerForm": answer,
    "gis_core.members.person_pages.RoleChangeForm": person_role,
    "gis_core.letters.pages.WordingForm": letter_template,
    "gis_core.letters.pages.LetterheadForm": letterhead,
    "layers.owners.forms.LevelsForm": owner_levels,
    "layers.settings.forms.DescriptionForm": layer,
    "layers.settings.forms.FieldForm": layer_field,
    "layers.settings.forms.NamingForm": layer_naming,
    "layers.settings.forms.RulesForm": layer_rules,
    "layers.intake.refresh_pages.RefreshForm": layer_refresh,
    "layers.settings.numbering_pages.NumberingForm": numbering,
    "layers.settings.style_form.StyleForm": layer_style,
    "layers.external.forms.ExternalChangeForm": external_layer,
    "orthophoto.forms.CampaignChangeForm": campaign,
    "orthophoto.forms.DescriptionForm": described_campaign,
    "networks.notifications.pages.forms.SettingsForm": notice_settings,
    "networks.water.pages.hydrants.SettingsForm": hydrant_settings,
    "networks.water.pages.manholes.SettingsForm": manhole_settings,
    "networks.notifications.pages.forms.ContactChangeForm": contact,
    "networks.notifications.pages.forms.NoticeForm": notice,
    "networks.roadworks.pages.forms.WorkChangeForm": works,
    "networks.roadworks.pages.request_forms.RequestChangeForm": road_request,
    "networks.roadworks.pages.request_forms.OrderForm": order,
    "networks.roads.pages.placing.MoveForm": asset,
    "simulation.pages.rules.ZoneRulesForm": zone_rules,
}
SHOWN_WITH_ANOTHER = {"permits.pages.consulting.CorrectionForm"}
# Those made of them are tried.
BASES = {"gis_core.accounts.providers.forms.ChangeForm"}
"""An answer that is corrected is the same page as an answer."""


# -- the administration -----------------------------------------------------------------------------------------------


def agency() -> User:
    return factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)


def in_administration(model: str, pk: int, name: str, values: tuple[str, str] = WORDS) -> Case:
    return Case(agency(), reverse(f"admin:{model}_change", args=[pk]), name, values)


def administered_member() -> Case:
    made = factories.member(factories.commune("45901"), factories.commune("45902"))
    return in_administration("gis_core_member", made.pk, "insee_codes", ("45901", "45902"))


def retention_of_member() -> Case:
    """In a table below the form of its member."""
    made = factories.member(factories.commune("45901"), factories.commune("45902"))
    factories.retention_time(made, "permit", 10)
    return in_administration("gis_core_member", made.pk, "retention_times-0-years", ("20", "30"))


def administered_person() -> Case:
    return in_administration("gis_core_user", factories.user().pk, "last_name")


def token_of_person() -> Case:
    """A field that a browser sends in two parts, in a table below the form of its person."""
    user = factories.user()
    create_token(user=user, name="QGIS")
    case = in_administration("gis_core_user", user.pk, "api_tokens-0-revoked_at_0", ("2026-02-01", "2026-02-02"))
    return replace(case, more={"api_tokens-0-revoked_at_1": ["10:00:00"]})


def made_theme() -> Theme:
    with factories.as_owner():
        return Theme.objects.get_or_create(slug="essai", defaults={"title": "Essai"})[0]


def theme() -> Case:
    return in_administration("catalogue_theme", made_theme().pk, "title")


def themes() -> Case:
    made_theme()
    return Case(agency(), reverse("admin:catalogue_theme_changelist"), "form-0-order", ("1", "2"), {"_save": ["1"]})


def administered_layer() -> Case:
    return in_administration("catalogue_layer", factories.layer("lampes", legend=[LINE]).pk, "abstract")


def background() -> Case:
    made = Background.objects.create(
        slug="fond", title="Fond", kind="xyz", url="https://fond.example/{z}/{x}/{y}", attribution="IGN"
    )
    return in_administration("catalogue_background", made.pk, "title")


ADMINISTRATION: dict[str, Callable[[], Case]] = {
    "gis_core.member": administered_member,
    "gis_core.member, a retention time": retention_of_member,
    "gis_core.user": administered_person,
    "gis_core.user, a token": token_of_person,
    "catalogue.theme": theme,
    "catalogue.theme, the list": themes,
    "catalogue.layer": administered_layer,
    "catalogue.background": background,
}


@pytest.mark.django_db
def test_every_page_of_the_administration_that_changes_something_is_tried_here(rf: RequestFactory) -> None:
    request = rf.get("/administration/")
    request.user = agency()
    changing = {model._meta.label_lower: page for model, page in admin.site._registry.items() if changes(page, request)}
    assert set(changing) == {name.partition(",")[0] for name in ADMINISTRATION}
    assert [name for name, page in changing.items() if not isinstance(page, EditAdmin)] == []
    below = [one for page in changing.values() for one in page.get_inline_instances(request) if changes(one, request)]
    assert [one for one in below if not isinstance(one, EditTabularInline)] == []


def changes(page: Any, request: Any) -> bool:
    """Whether a page of the administration, or a table in one, has anything that is typed."""
    shown = set(flatten_fieldsets(page.get_fieldsets(request)))
    return page.has_change_permission(request) and bool(shown - set(page.get_readonly_fields(request)))


def forms_of_rows(kind: type[EditForm] = EditForm) -> set[str]:
    found = set()
    for one in kind.__subclasses__():
        found |= {f"{one.__module__}.{one.__qualname__}", *forms_of_rows(one)}
    return found


def test_every_form_of_a_row_is_tried_here() -> None:
    _all_pages_are_loaded = get_resolver().url_patterns
    assert forms_of_rows() == {*CASES, *SHOWN_WITH_ANOTHER, *BASES}


ALL = {name.rpartition(".")[2]: make for name, make in CASES.items()} | ADMINISTRATION


@pytest.mark.django_db
@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_the_second_press_is_asked_and_the_choice_is_written(make: Callable[[], Case]) -> None:
    case = make()
    client = browser(case.user)
    form = case.opened()
    first, second = case.values
    done = client.post(case.to or case.url, case.sent(form, first))
    assert done.status_code == 302, done.content.decode()
    asked = client.post(case.to or case.url, case.sent(form, second))
    page = asked.content.decode()
    assert asked.status_code == 409
    answer = form_with(page, "choose")
    ((chosen,),) = [answer["choose"]]
    assert f'name="keep-{chosen}"' in page
    client.post(case.to or case.url, answer | {f"keep-{chosen}": ["theirs"]})
    fresh = client.get(case.url).content.decode()
    assert form_with(fresh, f"initial-{case.name}")[f"initial-{case.name}"] == [first]


@pytest.mark.parametrize("make", [works, letter_template, contact, *LAYER_PAGES, *ADMINISTRATION.values()])
def test_of_two_presses_at_the_same_moment_one_is_asked(database: str, make: Callable[[], Case]) -> None:
    case = make()
    form = case.opened()

    def press(value: str) -> Callable[[], int]:
        return lambda: int(browser(case.user).post(case.to or case.url, case.sent(form, value)).status_code)

    assert sorted(at_once(*map(press, case.values))) == [302, 409]
