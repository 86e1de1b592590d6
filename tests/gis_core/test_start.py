"""What a process that answers requests imports before the first one."""

import os
import subprocess

import pytest

from gis_core.operations.environment import PYTHON, ROOT

APPS = {"gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "demo", "benchmarks"}
# Libraries for what jobs do, or for what few requests ask: the functions that use them import them.
HEAVY = {
    "docx",
    "fontTools",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "rasterio",
    "reportlab",
    "weasyprint",
    "wntr",
    "xlsxwriter",
}
NAMES = "import sys, django; django.setup(); import gis_core.urls; print(*sys.modules, sep='\\n')"


@pytest.fixture(scope="module")
def imported() -> set[str]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    ran = subprocess.run([PYTHON, "-c", NAMES], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return set(ran.stdout.split())


def test_heavy_libraries_are_imported_by_what_uses_them(imported: set[str]) -> None:
    assert "gis_core.urls" in imported
    assert imported & HEAVY == set()


def test_the_modules_of_tasks_are_the_workers(imported: set[str]) -> None:
    ours = {name for name in imported if name.partition(".")[0] in APPS}
    assert {name for name in ours if name.endswith("tasks") or name.startswith("demo.photos")} == set()
