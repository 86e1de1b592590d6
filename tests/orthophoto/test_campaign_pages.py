"""The pages of aerial campaigns: started, watched, published, taken back, deleted."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member
from layers.catalogue.models import Photo
from orthophoto.models import Campaign, Sheet
from tests import factories

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}


@pytest.fixture
def ours() -> Member:
    return factories.member(factories.commune(), slug="lys")


@pytest.fixture
def page(ours: Member) -> Client:
    """The browser of our GIS administrator."""
    client = Client(headers=HTML)
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    return client


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    """A delivery waits for our member and one for another."""
    settings.DELIVERIES_DIR = tmp_path
    for folder in ("lys/ortho-2024", "autre/secret"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


ORDER = {
    "delivery": "lys/ortho-2024",
    "title": "Ortho 2024 du Val de Lys",
    "slug": "",
    "acquired": "2024-06",
    "member": "lys",
    "visibility": "signed_in",
    "attribution": "© Lys",
    "codec": "jpeg",
    "display": "natural",
    "crs": "2154",
}


def kept(slug: str) -> Campaign:
    with acting_as(SYSTEM):
        return Campaign.objects.get(slug=slug)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_list_without_a_campaign_says_where_deliveries_go(page: Client, inbox: Path) -> None:
    shown = text(page.get("/campagnes/"))
    assert f"{inbox}/lys/" in shown
    assert "Nouvelle campagne" in shown


def test_the_list_shows_a_campaign_in_words(page: Client, ours: Member) -> None:
    factories.campaign(ours, sheets=["built", "built", "failed"], title="Ortho du Lys", published_build=1)
    shown = text(page.get("/campagnes/"))
    for word in ("Ortho du Lys", "juin 2024", "5 cm", "Construite", "3 dalles", "1 en échec", "Publiée"):
        assert word in shown, word


def test_the_list_leaves_out_what_is_anothers(page: Client) -> None:
    factories.campaign(factories.member(), title="Secrète")
    assert "Secrète" not in text(page.get("/campagnes/"))


def test_an_order_makes_the_campaign_and_queues_its_inventory(page: Client, inbox: Path) -> None:
    answer = page.post("/campagnes/nouvelle/", ORDER)
    assert answer.headers["Location"] == "/campagnes/ortho-2024-du-val-de-lys/"
    made = kept("ortho-2024-du-val-de-lys")
    assert (made.state, made.delivery) == ("inspecting", str(inbox / "lys/ortho-2024"))
    with acting_as(SYSTEM):
        assert Job.objects.get(kind="inspect_campaign").parameters == {"campaign": made.pk}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"acquired": "juin 2024"}, "acquired"),
        ({"acquired": "2024-02-30"}, "acquired"),
        ({"acquired": "2999"}, "acquired"),
        ({"title": ""}, "title"),
        ({"slug": "Ortho !"}, "slug"),
        ({"slug": "nouvelle"}, "slug"),
        ({"delivery": "autre/secret"}, "delivery"),
        ({"delivery": "../../etc"}, "delivery"),
        ({"visibility": "members"}, "shared_with"),
        ({"codec": "ecw"}, "codec"),
        ({"crs": "abc"}, "crs"),
    ],
)
def test_a_wrong_order_is_told_at_its_field_and_nothing_typed_is_lost(
    page: Client, inbox: Path, wrong: dict[str, str], field: str
) -> None:
    factories.member(slug="autre")
    answer = page.post("/campagnes/nouvelle/", ORDER | {"licence": "Licence Ouverte"} | wrong)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert 'value="Licence Ouverte"' in text(answer)
    with acting_as(SYSTEM):
        assert not Campaign.objects.exists()


@pytest.mark.parametrize("whose", ["own", "other"])
def test_a_short_name_that_is_taken_is_refused(page: Client, ours: Member, inbox: Path, whose: str) -> None:
    factories.campaign(ours if whose == "own" else factories.member(), slug="prise", title="Première")
    answer = page.post("/campagnes/nouvelle/", ORDER | {"slug": "prise"})
    assert "slug" in answer.context["form"].errors
    assert kept("prise").title == "Première"


def test_without_a_delivery_the_form_gives_way_to_where_it_goes(page: Client, settings: Any, tmp_path: Path) -> None:
    settings.DELIVERIES_DIR = tmp_path / "vide"
    shown = text(page.get("/campagnes/nouvelle/"))
    assert f"{tmp_path}/vide/lys/" in shown
    assert 'name="delivery"' not in shown


def test_a_campaign_may_be_shared_on_the_members_own_communes(page: Client, ours: Member, inbox: Path) -> None:
    friend = factories.member(ours.communes.get(), slug="voisin")
    shared = {"visibility": "members", "shared_with": ["voisin"], "within_communes": "on", "slug": "partagee"}
    page.post("/campagnes/nouvelle/", ORDER | shared)
    made = kept("partagee")
    assert (made.shared_with, made.within_communes) == ([friend.pk], True)


def test_members_elsewhere_are_not_named(page: Client, inbox: Path) -> None:
    elsewhere = factories.member(factories.commune(), slug="lointain")
    assert elsewhere.name not in text(page.get("/campagnes/nouvelle/"))
    shared = {"visibility": "members", "shared_with": ["lointain"]}
    assert page.post("/campagnes/nouvelle/", ORDER | shared).status_code == 400


def test_starting_again_keeps_the_folder_and_what_is_not_asked(page: Client, ours: Member, tmp_path: Path) -> None:
    factories.campaign(ours, "refused", slug="ortho", delivery=str(tmp_path), title_en="English", published_build=3)
    page.post("/campagnes/ortho/recommencer/", ORDER | {"delivery": "=", "title": "Nouveau titre"})
    made = kept("ortho")
    assert (made.title, made.title_en, made.delivery) == ("Nouveau titre", "English", str(tmp_path))
    assert (made.state, made.published_build) == ("inspecting", 3)


def test_the_page_says_that_no_worker_is_there(page: Client, inbox: Path) -> None:
    page.post("/campagnes/nouvelle/", ORDER | {"slug": "ortho"})
    assert "Aucun programme" in text(page.get("/campagnes/ortho/"))


def test_the_page_tells_findings_and_why_sheets_are_missing(page: Client, ours: Member) -> None:
    findings = [{"code": "gap", "words": "Il manque une dalle au milieu.", "files": [f"{n}.tif" for n in range(5)]}]
    factories.campaign(ours, slug="ortho", sheets=["refused", "failed", "built"], findings=findings)
    shown = text(page.get("/campagnes/ortho/"))
    for word in ("Il manque une dalle au milieu.", "Le fichier est tronqué.", "Les pixels relus", "3 dalles"):
        assert word in shown, word


def test_the_page_estimates_the_time_left(page: Client, ours: Member) -> None:
    from datetime import timedelta

    from django.utils import timezone

    begun = timezone.now() - timedelta(minutes=4)
    factories.campaign(ours, "building", ["built"] * 4 + ["found"] * 4, slug="ortho", build_started_at=begun)
    shown = text(page.get("/campagnes/ortho/"))
    assert "4 dalles sur 8" in shown
    assert "environ 5 min" in shown


@pytest.mark.parametrize(
    ("state", "published", "offered"),
    [
        ("inspecting", None, ["again", "delete"]),
        ("refused", None, ["again", "delete"]),
        ("inspected", None, ["build", "again", "delete"]),
        ("building", None, ["stop"]),
        ("stopped", 1, ["build", "take-back", "again"]),
        ("built", None, ["publish", "build", "again", "delete"]),
        ("built", 1, ["build", "take-back", "again"]),
        ("built", 9, ["publish", "build", "take-back", "again"]),
    ],
)
def test_the_buttons_follow_the_state(
    page: Client, ours: Member, state: str, published: int | None, offered: list[str]
) -> None:
    factories.campaign(ours, state, slug="ortho", published_build=published)
    assert page.get("/campagnes/ortho/").context["standing"].actions == offered


def test_build_then_stop_then_take_up(page: Client, ours: Member) -> None:
    factories.campaign(ours, "inspected", ["found", "found"], slug="ortho")
    for button, state in (("construire", "building"), ("arreter", "stopped"), ("construire", "building")):
        page.post(f"/campagnes/ortho/{button}/")
        assert kept("ortho").state == state


def test_publish_then_take_back(page: Client, ours: Member) -> None:
    factories.campaign(ours, slug="ortho")
    page.post("/campagnes/ortho/publier/")
    assert "ph=ortho" in text(page.get("/campagnes/ortho/"))
    page.post("/campagnes/ortho/retirer/")
    assert kept("ortho").published_build is None
    with acting_as(SYSTEM):
        assert not Photo.objects.exists()


def test_what_cannot_be_done_now_is_told_on_the_page(page: Client, ours: Member) -> None:
    factories.campaign(ours, "inspected", slug="ortho")
    shown = text(page.post("/campagnes/ortho/publier/", follow=True))
    assert "construisez d’abord la campagne" in shown


def test_a_deletion_is_asked_about_then_done(page: Client, ours: Member) -> None:
    factories.campaign(ours, slug="ortho", sheets=["built", "built"])
    assert "2 dalles construites" in text(page.get("/campagnes/ortho/supprimer/"))
    page.post("/campagnes/ortho/supprimer/")
    with acting_as(SYSTEM):
        assert not Sheet.objects.exists()


@pytest.mark.parametrize(("state", "published"), [("building", None), ("built", 1)])
def test_what_is_shown_or_being_built_is_not_deleted(
    page: Client, ours: Member, state: str, published: int | None
) -> None:
    factories.campaign(ours, state, slug="ortho", published_build=published)
    page.post("/campagnes/ortho/supprimer/")
    assert kept("ortho").state == state


@pytest.mark.parametrize("name", ["", "recommencer/", "supprimer/"])
def test_anothers_campaign_is_not_there(page: Client, name: str) -> None:
    factories.campaign(factories.member(), slug="secrete")
    assert page.get(f"/campagnes/secrete/{name}").status_code == 404


def test_a_reader_has_no_campaigns(ours: Member) -> None:
    client = Client(headers=HTML)
    client.force_login(factories.user(ours, Role.READER))
    assert client.get("/campagnes/").status_code == 403
    assert "/campagnes/" not in client.get("/compte/").content.decode()


# -- what is said of a shown photo, and who sees it -------------------------------------------------------------------

DESCRIPTION = {"title": "Nouveau titre", "acquired": "2023-05-04", "visibility": "owner", "attribution": "© Lys 2023"}


def shown(slug: str = "ortho") -> Photo:
    with acting_as(SYSTEM):
        return Photo.objects.get(slug=slug)


@pytest.fixture
def published(page: Client, ours: Member) -> Photo:
    factories.campaign(ours, slug="ortho", visibility="public", title_en="English", licence="LO")
    page.post("/campagnes/ortho/publier/")
    return shown()


def test_a_photo_is_described_anew_at_once_and_nothing_is_built(page: Client, published: Photo) -> None:
    said = text(page.post("/campagnes/ortho/modifier/", DESCRIPTION, follow=True))
    assert "visibles maintenant" in said
    now = shown()
    assert (now.title, now.visibility, now.attribution, str(now.acquired_date)) == (
        "Nouveau titre", "owner", "© Lys 2023", "2023-05-04",
    )  # fmt: skip
    assert (now.title_en, now.acquired_precision) == ("English", "day")
    assert now.edition > published.edition
    assert (now.pixels_edition, now.folder) == (published.pixels_edition, published.folder)
    campaign = kept("ortho")
    assert (campaign.title, campaign.visibility, campaign.state, campaign.build) == (
        "Nouveau titre",
        "owner",
        "built",
        1,
    )


def test_who_may_no_longer_see_it_does_not(page: Client, published: Photo) -> None:
    assert [one["slug"] for one in Client().get("/api/v1/photos/").json()["results"]] == ["ortho"]
    page.post("/campagnes/ortho/modifier/", DESCRIPTION)
    assert Client().get("/api/v1/photos/").json()["results"] == []


def test_the_page_says_who_sees_it_now_and_not_what_is_prepared(page: Client, ours: Member, published: Photo) -> None:
    with factories.as_owner():
        Campaign.objects.update(visibility="owner")
    said = text(page.get("/campagnes/ortho/"))
    assert "Visible aujourd’hui par : Tout le monde" in said
    assert "diffère de ce qui est montré" in said
    page.post("/campagnes/ortho/modifier/", DESCRIPTION)
    assert "diffère de ce qui est montré" not in text(page.get("/campagnes/ortho/"))


def test_the_form_begins_with_what_is_shown(page: Client, published: Photo) -> None:
    said = text(page.get("/campagnes/ortho/modifier/"))
    assert 'value="2024-06"' in said
    assert "Visible aujourd’hui par :" in said


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"acquired": "juin"}, "acquired"), ({"title": ""}, "title"), ({"visibility": "members"}, "shared_with"),
     ({"acquired": "2999"}, "acquired")],
)  # fmt: skip
def test_a_wrong_description_changes_nothing(page: Client, published: Photo, wrong: dict[str, str], field: str) -> None:
    answer = page.post("/campagnes/ortho/modifier/", DESCRIPTION | wrong)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert shown().edition == published.edition


def test_a_program_changes_one_thing_and_leaves_the_others(page: Client, published: Photo) -> None:
    answer = page.patch("/api/v1/campaigns/ortho/", {"visibility": "signed_in"}, "application/json", headers=JSON)
    assert answer.status_code == 200
    now = shown()
    assert (now.visibility, now.title, now.licence, now.title_en) == ("signed_in", published.title, "LO", "English")


def test_a_campaign_that_is_not_shown_is_described_for_later(page: Client, ours: Member) -> None:
    factories.campaign(ours, slug="ortho")
    assert "enregistrés" in text(page.post("/campagnes/ortho/modifier/", DESCRIPTION, follow=True))
    assert kept("ortho").title == "Nouveau titre"


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_photo_is_not_described(page: Client, method: str) -> None:
    factories.campaign(factories.member(), slug="secrete", title="Secrète")
    assert getattr(page, method)("/campagnes/secrete/modifier/", DESCRIPTION).status_code == 404
    assert page.patch("/api/v1/campaigns/secrete/", {"title": "x"}, "application/json", headers=JSON).status_code == 404
    assert kept("secrete").title == "Secrète"


def test_the_page_of_heights_asks_once_whether_buildings_have_them(page: Client, ours: Member) -> None:
    factories.campaign(ours, slug="mnt", sheets=["built"], kind=Photo.Kind.GROUND)
    with CaptureQueriesContext(connection) as queries:
        assert page.get("/campagnes/mnt/").status_code == 200
    assert sum("heights_models @>" in one["sql"] for one in queries) == 1
