"""Networks and roads that a delivery replaces: what would go is shown and asked for; what adds takes nothing."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from shapely.geometry import LineString as Line

from gis_core.errors import Invalid
from layers.intake.models import FileImport
from layers.intake.object_changes import changes_context
from networks.roads.models import RoadSection
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roads.test_road_delivery import write_raw
from tests.networks.water.importing import Importing, forget_events, pipe
from tests.networks.water.test_import_pages import URL, post, text

X, Y = factories.ORIGIN
MANY = [pipe(f"C{number}", (number * 20, 0), (number * 20 + 10, 0)) for number in range(30)]


def command(name: str, *arguments: Any) -> tuple[int, str]:
    said = StringIO()
    with factories.as_worker():
        try:
            call_command(name, *map(str, arguments), stdout=said, stderr=said)
        except CommandError as error:
            return error.returncode, f"{said.getvalue()}{error}"
        except SystemExit as stopped:
            return int(stopped.code or 0), said.getvalue()
        finally:
            forget_events()
    return 0, said.getvalue()


def pipes(network: Network) -> int:
    ((count,),) = network.rows("select count(*) from water_pipe")
    return int(count)


# -- water -------------------------------------------------------------------------------------------------------------


def test_a_partial_network_does_not_replace_the_whole_one(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", MANY))
    made = importing.sent(importing.file("canalisations", MANY[:5]), known="replace")
    page = text(network, f"{URL}{made.pk}/")
    assert 'name="accepted"' in page
    for typed in ("", "24", "26", "x"):
        assert post(network, f"{URL}{made.pk}/", action="load", accepted=typed).status_code == 400
    with pytest.raises(Invalid):
        importing.load(made)
    assert pipes(network) == 30
    assert post(network, f"{URL}{made.pk}/", action="load", accepted="25").status_code == 302
    assert importing.worked_off(made).state == "applied"
    assert pipes(network) == 5


def test_what_a_network_loses_is_counted_again(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", MANY))
    made = importing.sent(importing.file("canalisations", MANY[:5]), known="replace")
    assert post(network, f"{URL}{made.pk}/", action="load", accepted="25").status_code == 302
    with factories.as_worker():
        network.rows("delete from water_pipe where reference = 'C29' returning id")
    again = importing.worked_off(made)
    assert (again.state, pipes(network)) == ("ready", 29)
    assert again.plan["compared"]["gone"] == 24


def test_what_a_network_would_change_is_listed_object_by_object(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", MANY))
    moved = pipe("C1", (20, 0), (25, 3), (30, 0))
    made = importing.sent(importing.file("canalisations", [MANY[0], moved, *MANY[3:], pipe("N1", (0, 50), (10, 50))]))
    again = importing.read(made, known="replace")
    with translation.override("fr"):
        shown = changes_context(again.plan["changes"], network.member)["object_changes"]
    assert [(one["label"], one["name"], [line["after"] for line in one["lines"]]) for one in shown] == [
        ("Modifié", "C1", ["redessinée"]),
        ("Nouveau", "N1", []),
        ("Absent du fichier", "C2", []),
    ]


def test_what_a_file_says_again_is_no_change_however_long_it_is(importing: Importing, network: Network) -> None:
    same = pipe("C1", (0, 0), (10, 0), commentaire="posée sous accotement " * 8, materiau="fonte", pose=1998)
    importing.loaded(importing.file("canalisations", [same]))
    again = importing.sent(importing.file("canalisations", [same]), known="replace")
    assert again.plan["changes"] == []


def test_a_network_that_is_added_takes_nothing_away(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", MANY))
    more = [*MANY[:5], pipe("C99", (0, 50), (10, 50))]
    importing.loaded(importing.file("canalisations", more), known="add")
    assert pipes(network) == 31


def test_the_command_asks_and_takes_back(importing: Importing, network: Network) -> None:
    member = network.member.slug
    assert command("import_network", importing.file("canalisations", MANY), "--member", member)[0] == 0
    few = importing.file("canalisations", MANY[:5])
    code, said = command("import_network", few, "--member", member, "--known", "replace")
    assert (code, pipes(network)) == (3, 30)
    assert "--accept-loss 25" in said
    assert command("import_network", few, "--member", member, "--known", "replace", "--dry-run")[0] == 3
    arguments = (few, "--member", member, "--known", "replace", "--accept-loss", 25)
    code, said = command("import_network", *arguments)
    assert (code, pipes(network)) == (0, 5)
    number = said.rpartition("take_back_network ")[2].split()[0]
    assert command("take_back_network", number)[0] == 0
    assert pipes(network) == 0
    with factories.as_owner():
        assert FileImport.objects.get(pk=number).state == "reverted"
    assert command("take_back_network", number)[0] == 2


# -- roads -------------------------------------------------------------------------------------------------------------


def sections(folder: Path, numbers: Sequence[int]) -> Path:
    path = folder / "TRONCON_DE_ROUTE.shp"
    lines = [Line([(X + 20 * number, Y), (X + 20 * number + 20, Y)]) for number in numbers]
    rows = [[f"T{number}", "Route à 1 chaussée", "Double sens", "D12", "En service"] for number in numbers]
    write_raw(path, ["ID", "NATURE", "SENS", "NUMERO", "ETAT"], rows, lines)
    return folder


def test_a_partial_delivery_of_roads_removes_nothing_unasked(network: Network, tmp_path: Path) -> None:
    whole = ("--member", network.member.slug)
    assert command("import_bdtopo", sections(tmp_path, range(30)), *whole)[0] == 0
    few = sections(tmp_path, range(8))
    code, said = command("import_bdtopo", few, *whole, "--replace")
    assert (code, RoadSection.objects.count()) == (3, 30)
    assert "--accept-loss 22" in said
    assert command("import_bdtopo", few, *whole, "--replace", "--dry-run")[0] == 3
    assert command("import_bdtopo", few, *whole, "--replace", "--accept-loss", 21)[0] == 3
    assert command("import_bdtopo", few, *whole, "--replace", "--accept-loss", 22)[0] == 0
    assert RoadSection.objects.count() == 8


def test_roads_that_are_not_replaced_lose_nothing(network: Network, tmp_path: Path) -> None:
    member = ("--member", network.member.slug)
    command("import_bdtopo", sections(tmp_path, range(30)), *member)
    assert command("import_bdtopo", sections(tmp_path, range(8)), *member)[0] == 0
    assert RoadSection.objects.count() == 30
