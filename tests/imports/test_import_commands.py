"""What all commands that import share: their options, and how they end."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from gis_core.members.rights import SYSTEM, acting_as
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer
from layers.intake.command import ImportCommand
from layers.intake.exit_codes import ExitCode
from tests.geopackages import geopackage
from tests.imports.conftest import Desk, point, rows_of, square
from tests.imports.test_import_layer import one_transaction as one_transaction
from tests.imports.test_import_loss import command as reference
from tests.imports.test_layer_loss import KNOWN, command
from tests.imports.test_publishing import ruled
from tests.layers.test_imports import parcel, written

SHARED = {"--member", "--dry-run", "--report", "--map", "--accept-loss"}


@pytest.mark.parametrize("name", sorted(one for one in get_commands() if one.startswith("import_")))
def test_they_have_the_same_options(name: str) -> None:
    made = load_command_class(get_commands()[name], name)
    assert isinstance(made, ImportCommand)
    known = {text for action in made.create_parser("manage.py", name)._actions for text in action.option_strings}
    assert known >= SHARED


def test_exit_codes_are_those_that_scripts_know() -> None:
    assert {one.name: one.value for one in ExitCode} == {"LOADED": 0, "REFUSALS": 1, "NOTHING": 2, "LOSS": 3}


# -- what may go wrong -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_report_that_cannot_be_written_is_said_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    report = ("--report", tmp_path / "absent" / "rapport.json")
    code, said = reference("etalab", written(tmp_path, parcel(1)), *report)
    assert (code, "rapport.json" in said, Parcel.objects.count()) == (2, True, 0)
    new = ("--new", "--title", "Lampes", "--member", desk.member.slug, "--theme", "Éclairage")
    assert command("import_layer", geopackage(tmp_path / "lampes.gpkg", [point(1)]), *new, *report)[0] == 2
    with acting_as(SYSTEM):
        assert not Layer.objects.filter(slug="lampes").exists()


@pytest.mark.django_db
def test_trying_whether_a_report_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    report = tmp_path / "rapport.json"
    assert reference("etalab", tmp_path / "absent.json", "--report", report)[0] == 2
    assert not report.exists()
    report.write_text("former")
    assert reference("etalab", tmp_path / "absent.json", "--report", report)[0] == 2
    assert report.read_text() == "former"


@pytest.mark.django_db
def test_a_report_that_fails_later_does_not_change_how_an_import_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--report", tmp_path / "rapport.json")
    many, few = written(tmp_path, *map(parcel, range(1, 30))), tmp_path / "moins.json"
    few.write_text(json.dumps({"type": "FeatureCollection", "features": [parcel(1)]}))

    def fail(*_given: Any, **_named: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    assert (reference("etalab", many, *given)[0], Parcel.objects.count()) == (0, 29)
    assert "No space left" in capsys.readouterr().err
    assert reference("etalab", few, *given)[0] == 3


@pytest.mark.django_db
def test_what_nobody_foresaw_does_not_end_as_an_import_with_refusals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_given: Any, **_named: Any) -> Any:
        raise RuntimeError("not foreseen\nDETAIL: a value")

    monkeypatch.setattr("layers.intake.reference_command.get_source", fail)
    code, said = reference("etalab", written(tmp_path, parcel(1)))
    assert (code, "RuntimeError" in said, "not foreseen" in said, "a value" in said) == (2, True, True, False)
    assert reference("etalab", written(tmp_path, parcel(1)), "--traceback")[0] == 2
    assert "Traceback" in capsys.readouterr().err


# -- reference data ----------------------------------------------------------------------------------------------------


def both(source: str, *arguments: Any) -> int:
    tried, _said = reference(source, *arguments, "--dry-run")
    code, said = reference(source, *arguments)
    assert tried == code, said
    return code


@pytest.mark.django_db
def test_reference_data_ends_as_its_dry_run(tmp_path: Path) -> None:
    bad = {"type": "Feature", "geometry": None, "properties": parcel(2)["properties"]}
    assert both("etalab", tmp_path / "absent.json") == 2
    assert both("etalab", written(tmp_path, parcel(1), bad)) == 1
    assert both("etalab", written(tmp_path, bad)) in (2, 3)
    assert both("etalab", written(tmp_path, *map(parcel, range(1, 30)))) == 0
    assert both("etalab", written(tmp_path, *map(parcel, range(1, 10)))) == 3
    assert both("etalab", written(tmp_path, *map(parcel, range(1, 10))), "--accept-loss", 20) == 0
    assert Parcel.objects.count() == 9
    assert both("etalab", written(tmp_path, parcel(1)), "--member", "personne") == 2


@pytest.mark.django_db
def test_the_choices_of_reference_data_are_the_date(tmp_path: Path) -> None:
    report = tmp_path / "rapport.json"
    assert reference("etalab", written(tmp_path, parcel(1)), "--date", "2024-05-06", "--report", report)[0] == 0
    assert json.loads(report.read_text())["choices"] == {"date": "2024-05-06"}
    later = tmp_path / "suite.json"
    assert reference("etalab", written(tmp_path, parcel(1)), "--map", report, "--report", later)[0] == 0
    assert json.loads(later.read_text())["source_date"] == "2024-05-06"


# -- layers of any file ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_layer_ends_as_its_dry_run(desk: Desk, tmp_path: Path) -> None:
    made = desk.published(KNOWN, key="ref")
    given = ("--layer", "objets", "--mode", "synchronise")

    def ends(*arguments: Any) -> int:
        tried, _said = command("import_layer", *arguments, *given, "--dry-run")
        code, said = command("import_layer", *arguments, *given)
        assert tried == code, said
        return code

    assert ends(geopackage(tmp_path / "moins.gpkg", KNOWN[:10])) == 3
    assert ends(geopackage(tmp_path / "twice.gpkg", [*KNOWN, KNOWN[0]])) == 1
    assert ends(tmp_path / "absent.gpkg") == 2
    assert ends(geopackage(tmp_path / "same.gpkg", KNOWN)) == 0
    assert len(rows_of(made.layer, "id")) == len(KNOWN)


@pytest.mark.django_db
def test_a_dry_run_of_rows_that_a_rule_refuses_ends_as_the_run(desk: Desk, tmp_path: Path) -> None:
    layer = ruled(desk, [point(1)], kind="unique", column="ref")
    path = geopackage(tmp_path / "suite.gpkg", [point(1), point(2)])
    given = (path, "--layer", "objets", "--mode", "append")
    tried, said = command("import_layer", *given, "--dry-run")
    assert (tried, "Une règle de la couche refuse" in said) == (2, True), said
    assert command("import_layer", *given)[0] == 2
    assert rows_of(layer, "ref") == [("P1",)]


@pytest.mark.django_db
def test_choices_say_how_a_layer_is_read(desk: Desk, tmp_path: Path) -> None:
    path, report = geopackage(tmp_path / "lampes.gpkg", [point(1), point(2)]), tmp_path / "rapport.json"
    given = ("--new", "--title", "Lampes", "--member", desk.member.slug, "--theme", "Éclairage")
    assert command("import_layer", path, *given, "--key", "ref", "--report", report)[0] == 0
    content = json.loads(report.read_text())
    for one in content["choices"]["fields"]:
        one["label"] = f"{one['label']} !"
    report.write_text(json.dumps(content))
    again = ("--new", "--title", "Autres lampes", "--member", desk.member.slug, "--theme", "Éclairage")
    assert command("import_layer", path, *again, "--map", report)[0] == 0
    with acting_as(SYSTEM):
        layer = Layer.objects.get(slug="autres-lampes")
    assert all(one["label"].endswith(" !") for one in layer.columns if one["name"] in ("ref", "nom"))
    assert layer.key_column == "ref"
    other = geopackage(tmp_path / "autre.gpkg", [(square(1)[0], {"autre": "x"})])
    code, said = command("import_layer", other, *again, "--map", report)
    assert (code, "ref" in said) == (2, True)
