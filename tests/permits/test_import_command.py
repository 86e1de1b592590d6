"""A register imported by command: how it ends, with and without a dry run; what stays of it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_core.members.rights import SYSTEM, Role, acting_as
from layers.intake.models import FileImport, ImportMapping
from permits.models import Permit
from tests.permits.conftest import World

HEADER = "numero;depot;decision;date decision;parcelles"
GOOD = ["PC 045 901 22 00001;05/01/2022;;;AB 1", "DP 045 901 22 00002;05/01/2022;;;AB 2"]
WRONG = "PC 045 901 22 0000;05/01/2022;;;AB 1"


@pytest.fixture(autouse=True)
def day(on_day: Any) -> None:
    on_day(date(2026, 2, 3))


def command(world: World, path: Path, **options: Any) -> int:
    given = {"member": world.member.slug, "user": world.people[Role.PERMIT_INSTRUCTOR].username} | options
    try:
        call_command("import_permits", str(path), **given)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    except CommandError as error:
        return error.returncode
    return 0


def count() -> int:
    with acting_as(SYSTEM):
        return Permit.objects.count()


def both(world: World, path: Path, **options: Any) -> int:
    """The exit code of the command, which is that of its dry run; that leaves nothing."""
    before = count()
    tried = command(world, path, dry_run=True, **options)
    with acting_as(SYSTEM):
        imports = FileImport.objects.count()
    assert count() == before
    code = command(world, path, **options)
    assert tried == code
    with acting_as(SYSTEM):
        assert FileImport.objects.count() == imports + (code != 2 or count() != before)
    return code


def written(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "registre.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_it_ends_as_its_dry_run(world: World, tmp_path: Path) -> None:
    assert command(world, written(tmp_path, WRONG)) == 2
    assert command(world, written(tmp_path, WRONG), dry_run=True) == 2
    assert count() == 0
    assert both(world, written(tmp_path, *GOOD[:1], WRONG)) == 1
    assert both(world, written(tmp_path, *GOOD)) == 0
    assert both(world, written(tmp_path, GOOD[0].replace("AB 1", "AB 2"))) == 1
    assert count() == 2
    assert both(world, written(tmp_path, "1;2", header="a;b")) == 2
    assert both(world, tmp_path / "absent.csv") == 2


def test_what_it_imported_is_in_the_list_with_how_it_was_read(world: World, tmp_path: Path) -> None:
    report = tmp_path / "rendu.json"
    command(world, written(tmp_path, *GOOD), report=report)
    with acting_as(SYSTEM):
        made = FileImport.objects.select_related("made_by").get()
        assert ImportMapping.objects.get().mapping["columns"]["number"] == "numero"
    assert (made.state, made.made_by) == ("applied", world.people[Role.PERMIT_INSTRUCTOR])
    content = json.loads(report.read_text())
    assert (content["source"], content["report"]["made"], len(content["findings"])) == ("permits", 2, 2)
    assert command(world, written(tmp_path, *GOOD), map=report) == 0


def test_one_file_comes_in_at_a_time(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, *GOOD)
    with pytest.raises(CommandError) as refused:
        call_command("import_permits", str(path), str(path), member=world.member.slug,
                     user=world.people[Role.PERMIT_INSTRUCTOR].username)  # fmt: skip
    assert (refused.value.returncode, count()) == (2, 0)
