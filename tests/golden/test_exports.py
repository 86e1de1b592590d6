"""What is taken away: tables, papers and files that the parameters of an address, a command or a job give."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from gis_core.jobs.services import ProgressWriter
from gis_core.models import Job
from gis_core.tasks import run
from layers.exports.services import files as export_files
from layers.exports.tasks import export_layers
from networks.water.services.exporting import FAMILIES, FORMATS
from tests import factories
from tests.golden import kept
from tests.golden.files import held_by
from tests.golden.test_answers import answered
from tests.golden.texts import settled
from tests.policy.world import World, address, arguments, browser

pytestmark = pytest.mark.django_db
WHO = ("permit_instructor", "network_technician", "gis_administrator", "agency_administrator")
LAYERS = ("gpkg", "shp", "xlsx")
STATES = "received,incomplete,instruction,granted,refused,withdrawn"
TABLES = ("csv", "xlsx", "ods", "zip")
NOTICE = "reseaux/avis/<int:notice_id>/fichiers/<str:name>/"
NOTICES = ("adresses.csv", "tournee.csv", "tournee.pdf", "courrier.pdf", "envois.csv", "essai.jsonl", "x.csv")
FEEDS = ("travaux.geojson", "flux.xml", "calendrier.ics")
type Asked = tuple[str, str, Mapping[str, str]]


def each(route: str, *queries: str, **named: str) -> list[Asked]:
    """An address of ours with each of these queries."""
    return [(route, query, named) for query in queries]


def forms(route: str, *suffixes: str, query: str = "", **named: str) -> list[Asked]:
    """The same with each format, one that there is not among them."""
    return each(route, *(f"{query}&format={one}".strip("&") for one in suffixes or TABLES), **named)


ASKED: Sequence[Asked] = [
    *forms("permis/export/"),
    *each("permis/export/", f"format=csv&state={STATES}", f"format=xlsx&state={STATES}&kind=PC", "format=csv&q=xyz"),
    *forms("permis/statistiques/"),
    *each("permis/registre/", "insee=45901", "q=essai", "offset=50"),
    *each("permis/", f"state={STATES}", "q=PC", "kind=DP&state=granted"),
    *forms("voirie/"),
    *forms("voirie/routes/<str:road>/"),
    *each("voirie/routes/", "q=D", "offset=50"),
    *forms("voirie/patrimoine/", query="what=point"),
    *forms("voirie/patrimoine/", query="what=troncon"),
    *each("voirie/patrimoine/", "what=troncon", "kind=sign", "road=D9999", "due=late", "offset=100"),
    *forms("voirie/couverture/<int:study>/", "csv", "pdf", "geojson", "xlsx"),
    *forms("voirie/travaux/", query="du=2026-09-14&semaines=4"),
    *each("voirie/travaux/", "du=2026-09-14&semaines=8", "q=rue"),
    *each("voirie/demandes/", "state=all", "q=rue"),
    *forms("reseaux/anomalies/", "csv", query="family=water"),
    *forms("reseaux/anomalies/", "csv", query="family=sewer&state=all"),
    *each("reseaux/anomalies/", "family=sewer", "family=water&state=all"),
    *forms("reseaux/hydrants/", "csv", "xlsx", "pei", "ods"),
    *each("reseaux/hydrants/", "state=late", "q=x"),
    *forms("reseaux/hydrants/couverture/<int:cover>/", "csv", "geojson", "pdf"),
    *forms("reseaux/reparations/"),
    *forms("reseaux/reparations/statistiques/", query="network=sewer&from=2020&to=2026"),
    *each("reseaux/coupures/", "state=all", "q=x", "offset=50"),
    *forms("reseaux/profil/", "csv", "svg", "pdf", query="family=sewer&pipe=880000001"),
    *(one for name in NOTICES for one in each(NOTICE, "", name=name)),
    *(one for name in FEEDS for one in each("travaux/<str:name>", "", "commune=45901&langue=en", name=name)),
    *each("permis/<str:permit>/courriers/<int:letter_id>/<str:form>/", "", form="docx"),
    *each("api/v1/layers/<slug:slug>/export.csv", "crs=EPSG:4326", "filter=idu%3D%27x%27", "separator=comma"),
    *each("api/v1/layers/<slug:slug>/export.geojson", "crs=EPSG:2154", "ids=70001"),
]  # fmt: skip


def sent(world: World, role: str, asked: Asked) -> Any:
    route, query, named = asked
    client = browser()
    client.cookies.clear()
    client.cookies.load(world.signed_in[role])
    given = arguments(world, route, role, "own") | named
    answer = client.get(f"{address(route, given)}?{query}", headers={"accept": "text/html, application/json"})
    if answer.streaming:
        answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer


def name_of(asked: Asked) -> str:
    route, query, named = asked
    return kept.plain(
        "-".join(filter(None, (route.strip("/").replace("<", "").replace(">", ""), query, *named.values())))
    )


@pytest.mark.parametrize("asked", ASKED, ids=name_of)
def test_what_an_address_gives_with_parameters_is_what_it_was(world: World, asked: Asked, db: Any) -> None:
    found: dict[str, list[str]] = {}
    for role in WHO:
        found.setdefault(answered(partial(sent, world, role, asked)), []).append(role)
    kept.check("exports", name_of(asked), "\n".join(f"=== {', '.join(who)}\n{words}" for words, who in found.items()))


def undone(act: Callable[[], str]) -> str:
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("form", FORMATS)
def test_the_file_of_a_network_holds_what_it_did(world: World, form: str, family: str, tmp_path: Path, db: Any) -> None:
    if form == "epanet-inp" and family != "water":
        pytest.skip("EPANET is for drinking water alone")
    suffixes = {"stareau-gpkg": ".gpkg", "epanet-inp": ".inp"}
    path = tmp_path / f"network{suffixes.get(form, '.zip')}"

    def act() -> str:
        with (tmp_path / "said").open("w") as out, factories.as_worker():
            call_command("export_networks", str(path), member="membre-notre", family=family, format=form, stdout=out)
        return settled(f"{(tmp_path / 'said').read_text()}{held_by(path)}\n")

    kept.check("exports", f"export_networks-{form}-{family}", undone(act))


@pytest.mark.parametrize("form", LAYERS)
def test_the_file_of_layers_holds_what_it_did(
    world: World, form: str, monkeypatch: pytest.MonkeyPatch, db: Any
) -> None:
    monkeypatch.setattr(ProgressWriter, "write", lambda *_told, **_more: None)
    layers = [{"layer": world.layers["public"].slug}, {"layer": world.edited["own"].layer.slug}]

    def act() -> str:
        client = browser()
        client.cookies.clear()
        client.cookies.load(world.signed_in["gis_administrator"])
        answer = client.post(
            "/api/v1/exports/", json.dumps({"format": form, "layers": layers}), content_type="application/json"
        )
        if answer.status_code >= 300:
            return answer.content.decode()
        with factories.as_worker():
            job = Job.objects.select_related("owner", "started_by").latest("pk")
            run(job, export_layers)
            job.refresh_from_db()
        told = json.dumps(job.report or job.message, ensure_ascii=False, indent=1)
        return settled(f"{told}\n{held_by(export_files.FILES.file_of(job))}\n")

    kept.check("exports", f"layers-{form}", undone(act))


def test_nothing_is_kept_of_an_export_that_is_gone() -> None:
    networks = [f"export_networks-{form}-{family}" for form in FORMATS for family in FAMILIES]
    assert not kept.left_over("exports", [*map(name_of, ASKED), *networks, *(f"layers-{form}" for form in LAYERS)])
