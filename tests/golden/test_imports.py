"""What each import says and writes, by its command: of the files of `tests/data` word by word, of real ones as digests.

`ARPENT_GOLDEN=write ./arpent test tests/golden` writes it anew.
"""

import itertools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_core.errors import ArpentError
from gis_core.rights import Role
from tests import factories
from tests.golden.conftest import FIRST_KEY, count_keys_from
from tests.golden.rows import digests, transaction_begun, whole
from tests.golden.texts import settled

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DATA = HERE.parent / "data"
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
WRITES = os.environ.get("ARPENT_GOLDEN") == "write"
COMMUNES = ("45901", "45902")
PLU = ("241800432_PLUi_20200128", "41175_PLU_20140603")
SUP = ("110068012_PM3_28_20161104", "172014607_AC1_2A_20180130")


@dataclass(frozen=True)
class Case:
    """A command on some files below a folder."""

    command: str
    paths: Sequence[str]
    options: dict[str, Any] = field(default_factory=dict)
    root: Path = DATA

    @property
    def name(self) -> str:
        return f"{self.command}-{re.sub(r'[^\w.-]+', '_', self.paths[0])}"


def each(command: str, folder: str, pattern: str = "*", root: Path = DATA, **options: Any) -> list[Case]:
    """One case for each file of a folder."""
    found = sorted(path for path in (root / folder).glob(pattern) if path.is_file() and path.name != "README.md")
    return [Case(command, [str(path.relative_to(root))], options, root) for path in found]


OURS = [
    *each("import_etalab", "etalab"),
    *each("import_communes", "etalab", "communes.json"),
    *each("import_permits", "permits", member="golden", user="golden"),
    *each("import_layer", "geojson", new=True, title="Essai", theme="Essai", member="golden"),
]
REAL = [
    *each("import_etalab", "cadastre_etalab", "*.json", SHARED),
    *each("import_edigeo", "cadastre_edigeo", "*/*.tar.bz2", SHARED),
    *each("import_edigeo", "cadastre_edigeo", "*/*/*.THF", SHARED),
    *each("import_communes", "admin_loiret", "communes-45*", SHARED),
    *[Case("import_plu", [f"cnig_plu/{name}"], root=SHARED) for name in PLU],
    *[Case("import_sup", [f"cnig_sup/{name}"], root=SHARED) for name in SUP],
    *each("import_risks", "cnig_ppr", "*.gpkg", SHARED),
    *each("import_majic", "majic", "*", SHARED),
    *each("import_network", "eau_epanet", "*.inp", SHARED, member="golden", crs=2154),
    *each("import_network", "eau_raepa", "**/*.gpkg", SHARED, member="golden"),
    *each("import_network", "eau_giswater", "*.gpkg", SHARED, member="golden"),
    *each("import_network", "eau_stareau", "*.gpkg", SHARED, member="golden"),
    *each("import_bdtopo", "routes_bdtopo", "**/*.gpkg", SHARED),
    *each("import_road_assets", "routes_signaletique", "*.csv", SHARED, member="golden", outside=True),
    *each("import_road_assets", "routes_panneaux_pano", "*", SHARED, member="golden", outside=True),
    *each("import_layer", "geojson_good", "*", SHARED, new=True, title="Essai", theme="Essai", member="golden"),
    *each("import_layer", "geojson_communes", "*", SHARED, new=True, title="Essai", theme="Essai", member="golden"),
    *each("import_layer", "broken", "**/*", SHARED, new=True, title="Essai", theme="Essai", member="golden"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(factories, "_numbers", itertools.count(1))
    count_keys_from(FIRST_KEY)
    member = factories.member(*(factories.commune(insee=code) for code in COMMUNES), slug="golden")
    factories.user(member, Role.PERMIT_INSTRUCTOR, username="golden")
    settings.FILES_DIR, settings.INBOX_DIR = tmp_path / "files", tmp_path / "files/inbox"


def said(case: Case) -> str:
    """What the command says, how it ends, and the problem that it tells."""
    out, errors, ended = StringIO(), StringIO(), "0"
    paths = [str(case.root / path) for path in case.paths]
    with factories.as_worker():
        try:
            call_command(case.command, *paths, stdout=out, stderr=errors, **case.options)
        except SystemExit as stopped:
            ended = str(stopped.code)
        except (CommandError, ArpentError) as error:
            ended = f"{type(error).__name__}: {error}"
    text = f"{out.getvalue()}{errors.getvalue()}ends with {ended}\n"
    return settled(re.sub(r"\d+(,\d+)? s\b", "… s", text.replace(str(case.root), "…")))


def checked(case: Case, folder: str, rows: Any) -> None:
    number = transaction_begun()
    now = said(case) + rows(number)
    path = HERE / folder / f"{case.name}.txt"
    if WRITES:
        path.parent.mkdir(exist_ok=True)
        path.write_text(now)
    assert now == path.read_text()


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.name)
def test_an_import_says_and_writes_what_it_did(case: Case) -> None:
    checked(case, "imports", whole)


@pytest.mark.parametrize("case", REAL, ids=lambda case: case.name)
def test_an_import_of_a_real_file_does_too(case: Case) -> None:
    checked(case, "real-imports", digests)
