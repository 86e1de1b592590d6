"""Imports of reference data show where they change something: the communes, on a small map and in a table."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from gis_core.models import Commune, Job, User
from layers.cadastre.importers.load_communes import difference_of
from layers.intake.commune_changes import describe_communes
from layers.intake.import_loss import MOST_COMMUNES, ScopeDifference, describe_difference
from tests import factories
from tests.cadastre.test_import_ban import line as address
from tests.cadastre.test_import_ban import written as addresses
from tests.imports.test_import_loss import inbox as inbox  # the fixture
from tests.imports.test_import_loss import many, page, worked
from tests.layers.test_imports import parcel
from tests.owners import deliveries as majic
from tests.planning.conftest import Desk, Made, box, easements, plan, risks
from tests.planning.conftest import desk as desk  # the fixture

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN


@pytest.fixture
def agency(client: Client, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The agency, for which three communes are known: 45901, 45902, 45903, from west to east."""
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
    for number in (1, 2, 3):
        if not Commune.objects.filter(insee=f"4590{number}").exists():
            ground = factories.square(X + number * 4000, Y, 4000)
            factories.commune(f"4590{number}", f"Essai {number}", ground)
    client.force_login(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))
    return client


def sent(client: Client, source: str, name: str, content: bytes, **data: Any) -> Job:
    """What becomes of a file that somebody sends by the page."""
    file = SimpleUploadedFile(name, content)
    assert client.post("/imports/", {"source": source, "file": file} | data).status_code == 302
    return worked()


def parcels(client: Client, features: Sequence[dict[str, Any]], **data: Any) -> Job:
    content = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    return sent(client, "etalab", "cadastre-parcelles.json", content, **data)


def several(insee: str, count: int, first: int = 1) -> list[dict[str, Any]]:
    return [parcel(number, insee) for number in range(first, first + count)]


def shown(html: str) -> tuple[list[str], list[list[str]], str]:
    """The outlines on the map by their kinds, the rows of the table, the legend."""
    section = html[html.index('id="communes"') :].split("</section>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", section.split("<tbody>")[1], re.S)
    cells = [[re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]
    legend = re.sub(r"<[^>]+>", "|", section[section.index("<figcaption>") : section.index("</figcaption>")])
    return re.findall(r'class="area (\w+)"', section), cells, legend


# -- on the page of an import -----------------------------------------------------------------------------------------


def test_a_planned_import_shows_what_changes_in_which_commune(agency: Client) -> None:
    parcels(agency, [*several("45901", 8), *several("45902", 8), *several("45903", 8)])
    changed = [parcel(1, "45902", contenance=12), *several("45902", 7, first=2)]
    job = parcels(agency, [*several("45901", 7), *changed, *several("45903", 9)], dry_run="on")
    areas, rows, legend = shown(page(agency, job))
    assert sorted(areas) == ["changed", "gone", "new"]
    assert rows == [
        ["Essai 1 (45901)", "Perd des objets", "8", "0", "0", "1"],
        ["Essai 2 (45902)", "Modifiée", "8", "0", "1", "0"],
        ["Essai 3 (45903)", "Gagne des objets", "8", "1", "0", "0"],
    ]
    assert [label for label in legend.split("|") if label.strip()] == [
        "Perd des objets",
        "Modifiée",
        "Gagne des objets",
    ]


def test_the_report_of_what_was_loaded_shows_it_too(agency: Client) -> None:
    parcels(agency, [*several("45901", 8), *several("45902", 8)])
    job = parcels(agency, [*several("45901", 8), *several("45902", 9)])
    areas, rows, _legend = shown(page(agency, job))
    assert (job.state, sorted(areas)) == ("done", ["new", "same"])
    assert [row[1] for row in rows] == ["Inchangée", "Gagne des objets"]


def test_an_import_that_is_refused_shows_which_commune_loses_too_much(agency: Client, tmp_path: Path) -> None:
    lines = [address(id=f"{insee}_{n}", code_insee=insee, numero=n) for insee in ("45901", "45902") for n in range(20)]
    sent(agency, "ban", "adresses-45.csv", addresses(tmp_path, *lines).read_bytes())
    job = sent(agency, "ban", "adresses-45.csv", addresses(tmp_path, *lines[:23]).read_bytes())
    areas, rows, legend = shown(page(agency, job))
    assert (job.state, sorted(areas)) == ("failed", ["beyond", "same"])
    assert rows[0] == ["Essai 2 (45902)", "Perd trop d’objets", "20", "0", "0", "17"]
    assert "Perd trop d’objets" in legend


def test_a_commune_whose_boundary_is_not_known_stays_in_the_table(agency: Client) -> None:
    parcels(agency, several("45901", 8))
    job = parcels(agency, [*several("45901", 8), *several("45977", 8)], dry_run="on")
    areas, rows, _legend = shown(page(agency, job))
    assert areas == ["same"]
    assert ["45977, contour inconnu", "Gagne des objets", "0", "8", "0", "0"] in rows


def test_without_any_boundary_there_is_no_map(agency: Client) -> None:
    job = parcels(agency, several("45977", 8), dry_run="on")
    html = page(agency, job)
    assert "parcelles de 45977" in html
    assert "small-map" not in html


def test_a_register_of_owners_shows_communes_and_nobody(agency: Client, tmp_path: Path) -> None:
    people = [majic.owner(rank=rank) for rank in range(1, 31)]
    sent(agency, "majic", "REVPROP.450", majic.written(tmp_path, "REVPROP.450", *people).read_bytes())
    job = sent(agency, "majic", "REVPROP.450", majic.written(tmp_path, "REVPROP.450", *people[:20]).read_bytes())
    html = page(agency, job)
    assert shown(html)[:2] == (["beyond"], [["Essai 1 (45901)", "Perd trop d’objets", "30", "0", "0", "10"]])
    assert "FICTIF" not in html


def test_a_planning_document_is_of_its_commune(desk: Desk, agency: Client, tmp_path: Path) -> None:
    for folder, zones in (("whole", 20), ("cut", 4)):
        root = many(plan(), "ZONE_URBA", zones).written(tmp_path / folder)
        archive = shutil.make_archive(str(root), "zip", root.parent, root.name)
        job = sent(agency, "plu", f"{root.name}.zip", Path(archive).read_bytes())
    areas, rows, _legend = shown(page(agency, job))
    assert areas == ["beyond"]
    assert ("(45901)" in rows[0][0], rows[0][5]) == (True, "16")


EAST = 9000
"""Metres from the corner of deliveries into commune 45902."""


def delivered(client: Client, source: str, made: Made, folder: Path) -> str:
    """The page of the import, once this is loaded."""
    root = made.written(folder)
    archive = shutil.make_archive(str(root), "zip", root.parent, root.name)
    job = sent(client, source, f"{root.name}.zip", Path(archive).read_bytes())
    assert job.state == "done", job.message
    return page(client, job)


def test_a_plan_of_several_communes_shows_in_which_it_changes(desk: Desk, agency: Client, tmp_path: Path) -> None:
    second = plan(code="999000011", kind="PLUi")
    head = second.tables["DOC_URBA"][0]["IDURBA"]
    second.tables["DOC_URBA_COM"] = [{"IDURBA": head, "INSEE": one} for one in ("45901", "45902")]
    first = deepcopy(second)
    added = dict(second.tables["ZONE_URBA"][0], LIBELLE="UB", geom=box(EAST, 0, 100))
    second.tables["ZONE_URBA"].append(added)
    first.tables["PRESCRIPTION_PCT"].append(dict(first.tables["PRESCRIPTION_PCT"][0], LIBELLE="Orme"))
    delivered(agency, "plu", first, tmp_path / "first")
    assert shown(delivered(agency, "plu", second, tmp_path / "second"))[1] == [
        ["Bray (45901)", "Perd des objets", "7", "0", "0", "1"],
        ["Essai 2 (45902)", "Gagne des objets", "0", "1", "0", "0"],
    ]


def test_easements_show_the_communes_that_they_lie_in(desk: Desk, agency: Client, tmp_path: Path) -> None:
    second = easements()
    moved = second.tables["ASSIETTE_SUP_S"][0]
    second.tables["ASSIETTE_SUP_S"].append({**moved, "IDASS": "F2", "geom": box(EAST, 0, 90)})
    delivered(agency, "sup", easements(), tmp_path / "first")
    assert shown(delivered(agency, "sup", second, tmp_path / "second"))[1] == [
        ["Bray (45901)", "Inchangée", "2", "0", "0", "0"],
        ["Essai 2 (45902)", "Gagne des objets", "0", "1", "0", "0"],
    ]


def test_zones_of_risks_show_the_communes_that_they_lie_in(desk: Desk, agency: Client, tmp_path: Path) -> None:
    second = risks()
    second.tables["ZONEREGLEMENTAIRE_S"][1]["geom"] = box(EAST, 0, 30)
    delivered(agency, "risks", risks(), tmp_path / "first")
    assert shown(delivered(agency, "risks", second, tmp_path / "second"))[1] == [
        ["Bray (45901)", "Inchangée", "1", "0", "0", "0"],
        ["Essai 2 (45902)", "Modifiée", "1", "0", "1", "0"],
    ]


def test_a_territory_shows_the_communes_that_it_gains_and_loses() -> None:
    difference = difference_of("CC du Lys", {"45901", "45902"}, {"45902", "45903"})
    compared = describe_difference([difference])
    assert (difference.known, difference.new, difference.gone) == (2, 1, 1)
    changes = [(one["commune"], one["known"], one["new"], one["gone"]) for one in compared["communes"]]
    assert changes == [("45901", 1, 0, 1), ("45902", 1, 0, 0), ("45903", 0, 1, 0)]


def report_in(client: Client, job: Job, language: str) -> dict[str, Any]:
    """The JSON of a report, asked by somebody who reads this language."""
    with factories.as_owner():
        User.objects.update(language=language)
    report: dict[str, Any] = client.get(f"/api/v1/jobs/{job.pk}/report/").json()
    return report


def test_names_are_those_of_the_readers_language(agency: Client) -> None:
    parcels(agency, several("45901", 8))
    job = parcels(agency, several("45901", 7), dry_run="on")
    scopes = [report_in(agency, job, one)["compared"]["scopes"][0]["scope"] for one in ("fr", "en")]
    assert scopes == ["parcelles de 45901", "parcels of 45901"]
    english = page(agency, job)
    assert "parcels of 45901" in english
    assert shown(english)[1] == [["Essai 1 (45901)", "Loses objects", "8", "0", "0", "1"]]


def test_what_was_refused_is_said_in_the_readers_language(agency: Client) -> None:
    parcels(agency, several("45901", 20))
    job = parcels(agency, several("45901", 4))
    french, english = (report_in(agency, job, one)["loss"]["message"] for one in ("fr", "en"))
    assert "Surtout : parcelles de 45901" in french
    assert "Most of all: parcels of 45901" in english


# -- how much it costs ------------------------------------------------------------------------------------------------


@pytest.fixture
def pages_of(agency: Client) -> Callable[[int], list[str]]:
    """The statements that a report of a difference in so many communes asks."""

    def ask(count: int) -> list[str]:
        job = parcels(agency, [one for n in range(1, count + 1) for one in several(f"4590{n}", 2)], dry_run="on")
        with CaptureQueriesContext(connection) as captured:
            areas, rows, _legend = shown(page(agency, job))
        assert len(areas) == len(rows) == count
        return [one["sql"] for one in captured.captured_queries]

    return ask


def test_one_question_is_asked_for_the_outlines_however_many(pages_of: Callable[[int], list[str]]) -> None:
    one, three = pages_of(1), pages_of(3)
    assert len(one) == len(three)
    assert sum("gis_core_commune" in statement for statement in three) == 1


# -- the rule ---------------------------------------------------------------------------------------------------------


def difference(insee: str, **counts: int) -> ScopeDifference:
    return ScopeDifference(scope=f"parcelles de {insee}", commune=insee, **{"known": 100} | counts)


def test_all_that_changes_in_a_commune_is_one_line() -> None:
    kept = describe_difference([difference("45901", gone=4), difference("45901", new=2), difference("", gone=3)])
    assert kept["communes"] == [{"commune": "45901", "known": 200, "new": 2, "changed": 0, "gone": 4, "beyond": False}]


def test_the_communes_that_lose_most_come_first_and_the_list_stops_somewhere() -> None:
    many = [difference(f"{number:05d}", gone=number % 7) for number in range(MOST_COMMUNES + 20)]
    kept = describe_difference([*many, difference("99999", gone=50)])
    assert (len(kept["communes"]), kept["more_communes"]) == (MOST_COMMUNES, 21)
    assert [one["beyond"] for one in kept["communes"][:2]] == [True, True]


def test_a_report_that_was_kept_before_has_no_communes() -> None:
    assert describe_communes({"known": 1, "scopes": [], "lossy": []}) == {}
    assert describe_communes(None) == {}
