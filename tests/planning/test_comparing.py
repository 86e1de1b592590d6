"""What a planning delivery changes is shown row by row, by keys: new, changed, gone."""

import json
from pathlib import Path
from typing import Any

import pytest

from layers.planning.importers.comparing import Row, compare_rows
from tests.imports.test_import_loss import command, many, many_easements
from tests.planning.conftest import Desk, Made, box, plan, risks

pytestmark = pytest.mark.django_db


def row(key: str, content: str = "", place: str = "", pk: int | None = None) -> Row:
    return Row(pk=pk, key=(key,), content=(content,), place=place)


def numbers(before: list[Row], after: list[Row]) -> tuple[int, int, int, int]:
    """(same, new, changed, gone)."""
    found = compare_rows(before, after)
    return len(found.same), len(found.new), len(found.changed), len(found.gone)


def test_rows_are_known_by_their_key() -> None:
    assert numbers([row("a"), row("b", "1"), row("c")], [row("a"), row("b", "2"), row("d")]) == (1, 1, 1, 1)


def test_of_several_rows_of_one_key_those_that_are_alike_are_the_same() -> None:
    before = [row("UA", place="1"), row("UA", place="2"), row("UA", place="3")]
    assert numbers(before, [row("UA", place="3"), row("UA", place="4")]) == (1, 0, 1, 1)


def test_a_row_in_the_very_same_place_under_another_name_changed() -> None:
    assert numbers([row("UA", place="1")], [row("UAa", place="1")]) == (0, 0, 1, 0)


def test_what_an_import_leaves_alone_is_not_compared() -> None:
    assert numbers([row("a", pk=1), row("b", pk=2)], [row("a", pk=1)]) == (0, 0, 0, 1)


def difference(source: str, first: Made, second: Made, folder: Path) -> tuple[dict[str, Any], str]:
    """The difference of the report of a second delivery that is only tried out, and what the command says."""
    command(source, first.written(folder / "first"))
    report = folder / "rapport.json"
    _code, said = command(source, second.written(folder / "second"), "--dry-run", "--report", report)
    return json.loads(report.read_text()), said


def test_zones_are_listed_by_their_label(desk: Desk, tmp_path: Path) -> None:
    second = plan()
    second.tables["ZONE_URBA"][0]["LIBELONG"] = "Cœur de ville"
    second.tables["ZONE_URBA"][1] |= {"LIBELLE": "A", "TYPEZONE": "A", "geom": box(100, 0, 90)}
    told, said = difference("plu", plan(), second, tmp_path)
    found = told["difference"]
    assert [one["identifier"] for one in found["listed"]["changed"]] == ["UA"]
    assert [one["identifier"] for one in found["listed"]["born"]] == ["A"]
    assert [one["identifier"] for one in found["listed"]["gone"]] == ["N"]
    scope = next(one for one in told["compared"]["scopes"] if one["scope"].startswith("zones"))
    assert (scope["known"], scope["new"], scope["changed"], scope["gone"]) == (2, 1, 1, 1)
    assert "UA" in said


def test_the_same_document_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    told, _said = difference("plu", plan(), plan(), tmp_path)
    counts = {name: told["compared"][name] for name in ("new", "changed", "gone")}
    assert counts == {"new": 0, "changed": 0, "gone": 0}


def test_easements_are_listed_by_their_identifier(desk: Desk, tmp_path: Path) -> None:
    told, _said = difference("sup", many_easements(3), many_easements(2), tmp_path)
    gone = {(one["identifier"], one["words"]) for one in told["difference"]["listed"]["gone"]}
    assert ("S1-2", "servitudes") in gone
    assert told["compared"]["new"] == 0


def test_zones_of_a_risk_plan_are_listed_by_their_code(desk: Desk, tmp_path: Path) -> None:
    second = risks()
    second.tables["ZONEREGLEMENTAIRE_S"][1]["LIBELLEZONEREGLEMENT"] = "Bleu"
    second.tables["ZONEREGLEMENTAIRE_S"][0] |= {"CODEZONEREGLEMENT": "R2", "geom": box(0, 0, 20)}
    told, _said = difference("risks", risks(), second, tmp_path)
    listed = {what: [one["identifier"] for one in told["difference"]["listed"][what]] for what in ("born", "gone")}
    assert listed == {"born": ["R2"], "gone": ["R"]}
    assert told["compared"]["changed"] == 1


def test_zones_drawn_anew_elsewhere_ask(desk: Desk, tmp_path: Path) -> None:
    """As many as before, but none of them known: by number alone nothing would have been asked."""
    first, second = many(plan(), "ZONE_URBA", 8), many(plan(), "ZONE_URBA", 8)
    for number, one in enumerate(second.tables["ZONE_URBA"]):
        one |= {"LIBELLE": f"U{number}", "geom": box(number * 20, 40, 15)}
    command("plu", first.written(tmp_path / "first"))
    assert command("plu", second.written(tmp_path / "second"))[0] == 3
