"""What a process that answers requests imports before the first one."""

import os
import subprocess
from pathlib import Path

import pytest

from gis_core.operations.environment import PYTHON, ROOT
from gis_core.operations.multiprocess import FOLDER

APPS = {"gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation", "demo", "benchmarks"}
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


FIRST = """
import sys
from django.test import RequestFactory
from gis_core import wsgi

ready = set(sys.modules)
answer = wsgi.django_application.get_response(RequestFactory().get("/health/live", headers={"host": "127.0.0.1:8045"}))
print(answer.status_code, *sorted({name.partition(".")[0] for name in set(sys.modules) - ready}))
"""


def test_a_web_process_has_imported_its_pages_before_somebody_asks(tmp_path: Path) -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "gis_core.settings", FOLDER: str(tmp_path)}
    ran = subprocess.run([PYTHON, "-c", FIRST], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    status, *modules = ran.stdout.split()
    assert status == "200"
    assert APPS.intersection(modules) == set()
