"""What files of roads would change is listed object by object before anything is written."""

from pathlib import Path
from typing import Any

from django.utils import translation
from shapely.geometry import LineString

from gis_core.models import Member
from layers.intake.object_changes import changes_context
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roads import test_road_imports_again as sections
from tests.networks.roads import test_road_markers as markers

deliver, member = sections.deliver, markers.member
X, Y = factories.ORIGIN


def listed(report: dict[str, Any], member: Member) -> list[tuple[str, str, list[str]]]:
    """What the page says of each object: what becomes of it, its name, what changes."""
    with translation.override("fr"):
        shown = changes_context(report["changes"], member)
    return [
        (one["label"], one["name"], [f"{line['label']} : {line['before']} → {line['after']}" for line in one["lines"]])
        for one in shown.get("object_changes", [])
    ]


def test_sections_that_are_new_drawn_anew_and_gone(network: Network, deliver: sections.Deliver) -> None:
    deliver(sections.STRAIGHT)
    lines = {"A": [(0, 0), (30, 8), (60, 0)], "C": [(100, 0), (150, 0)]}
    report = deliver(lines, write=False, replace=True)
    assert listed(report, network.member) == [
        ("Modifié", "D12 · A", ["Ligne :  → redessinée"]),
        ("Nouveau", "D12 · C", []),
        ("Absent du fichier", "D12 · B", []),
    ]
    dots = report["changes"][0]["dots"]
    assert (dots["new"], dots["gone"]) == ([round(X + 125), round(Y)], [round(X + 80), round(Y)])


def test_sections_that_a_file_leaves_out_are_no_change_where_it_replaces_nothing(
    network: Network, deliver: sections.Deliver
) -> None:
    deliver(sections.STRAIGHT)
    assert listed(deliver({"A": sections.STRAIGHT["A"]}, write=False), network.member) == []


def test_markers_that_moved_and_are_new(member: Member, tmp_path: Path) -> None:
    markers.bring(member, tmp_path, f"route;pr;x;y\nD2020;1;{markers.X};{markers.Y}\n")
    text = f"route;pr;x;y\nD2020;1;{markers.X + 12};{markers.Y}\nD2020;2;{markers.X + 1000};{markers.Y}\n"
    report = markers.bring(member, tmp_path, text, write=False)
    assert listed(report, member) == [
        ("Modifié", "D 2020 PR 1", ["Position :  → déplacé de 12 m"]),
        ("Nouveau", "D 2020 PR 2", []),
    ]


def test_a_section_whose_width_changes_says_both_widths(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "TRONCON_DE_ROUTE.shp"
    shape = [LineString([(X, Y), (X + 60, Y)])]
    fields = ["ID", "NATURE", "SENS", "NUMERO", "ETAT", "LARGEUR"]
    for width, write in ((5.0, True), (6.5, False)):
        row = [["A", "Route à 1 chaussée", "Double sens", "D12", "En service", width]]
        sections.write_raw(path, fields, row, shape)
        report = sections.bring(network.member, *sorted(tmp_path.iterdir()), write=write)
    assert listed(report, network.member) == [("Modifié", "D12 · A", ["Largeur de chaussée : 5 → 6,5"])]


def test_a_section_that_comes_into_a_built_up_area_says_so_in_words(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "TRONCON_DE_ROUTE.shp"
    shape = [LineString([(X, Y), (X + 60, Y)])]
    for urban, write in (("Non", True), ("Oui", False)):
        row = [["A", "Route à 1 chaussée", "Double sens", "D12", "En service", urban]]
        sections.write_raw(path, ["ID", "NATURE", "SENS", "NUMERO", "ETAT", "URBAIN"], row, shape)
        report = sections.bring(network.member, *sorted(tmp_path.iterdir()), write=write)
    assert listed(report, network.member) == [("Modifié", "D12 · A", ["En agglomération : non → oui"])]
