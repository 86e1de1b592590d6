"""Extension points: what is given to them, what is refused, and that only manifests give."""

import ast
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from gis_core.desk.listing import Listing
from gis_core.management.commands import wiring
from gis_core.members.rights import Rights
from gis_core.wiring import checks
from gis_core.wiring.database import Policy, Reported, Trigger
from gis_core.wiring.manifests import Manifest, apps_with, manifests, urls
from gis_core.wiring.page import page
from gis_core.wiring.points import POINTS, ExtensionPoint, Later

ROOT = Path(__file__).parents[2]
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation")
LIGHT = {"__future__", "collections", "dataclasses", "datetime", "typing", "django.utils", "gis_core.wiring"}


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> ExtensionPoint[str]:
    monkeypatch.setattr("gis_core.wiring.points.POINTS", {})
    return ExtensionPoint("test", "For tests.", key=lambda item: item[0], order=len)


def gathered(point: ExtensionPoint[str], **given: Any) -> tuple[str, ...]:
    return point.collect({app: Manifest(gives=(point(*items),)) for app, items in given.items()})


def test_items_stand_in_their_order_then_in_that_of_the_apps(point: ExtensionPoint[str]) -> None:
    assert gathered(point, one=["bbb", "c"], two=["d", "aa"]) == ("c", "d", "aa", "bbb")


def test_two_items_of_one_name_are_refused(point: ExtensionPoint[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="test is given twice: a"):
        gathered(point, one=["a"], two=["aa"])


@pytest.mark.parametrize("items", [[], ["a", "b"]])
def test_a_point_of_one_item_takes_neither_none_nor_two(monkeypatch: pytest.MonkeyPatch, items: list[str]) -> None:
    monkeypatch.setattr("gis_core.wiring.points.POINTS", {})
    with pytest.raises(ImproperlyConfigured, match="wants one item"):
        gathered(ExtensionPoint("test", "For tests.", one=True), app=items)


def test_two_points_of_one_name_are_refused(point: ExtensionPoint[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="called test"):
        ExtensionPoint("test", "Another one.")


def test_nothing_is_asked_before_the_apps_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_core.wiring.manifests._read", None)
    monkeypatch.setattr(apps, "ready", False)
    with pytest.raises(Exception, match="once all apps are loaded"):
        manifests()


def test_the_wiring_is_sound() -> None:
    assert checks.the_wiring_is_sound() == []


def test_a_manifest_that_names_no_module_is_told(monkeypatch: pytest.MonkeyPatch, point: ExtensionPoint[Any]) -> None:
    point.key = point.order = None
    wrong = Manifest(gives=(point(Later("gis_core.nowhere.function")),))
    monkeypatch.setattr(checks, "manifests", lambda: {"app": wrong})
    assert [error.id for error in checks.missing_modules()] == ["arpent.E012"]


def test_every_function_or_list_that_is_named_is_there() -> None:
    items = [item for manifest in manifests().values() for given in manifest.gives for item in given.items]
    for later in (later for item in items for later in checks.later_functions(item)):
        assert callable(later.target) or isinstance(later.target, Listing), later.path


def test_every_module_of_addresses_is_there() -> None:
    assert all(import_module(one.module).urlpatterns for one in urls())


def test_the_wiring_alone_reads_manifests() -> None:
    naming = [
        path.relative_to(ROOT)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"^\s*(from|import) .*\bmanifest\b", path.read_text(), re.MULTILINE)
    ]
    assert naming == []


def test_points_import_nothing_that_they_connect() -> None:
    """Types are imported for the type checker alone: an app that contributes may import the point's module first."""
    load = checks.load_points()
    assert load is None
    for app in apps_with("points"):
        assert app.module is not None
        tree = ast.parse(Path(app.path, "points.py").read_text())
        modules = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
        heavy = [name for name in modules if not any(name == light or name.startswith(f"{light}.") for light in LIGHT)]
        assert heavy == [], app.name


def test_every_point_says_what_it_is_for() -> None:
    checks.load_points()
    assert [name for name, point in POINTS.items() if len(point.doc) < 20] == []


def test_the_page_about_the_wiring_says_what_is_wired() -> None:
    written = (ROOT / "docs/reference/wiring.md").read_text()
    assert written == page(), "run .venv/bin/python manage.py wiring --markdown > docs/reference/wiring.md"


KEPT = Trigger(table="gis_core_letter", order=20, name="kept", fires="before delete", call="keep_document()")
WRONG = [
    ("E020", Manifest(triggers=(replace(KEPT, order=900),))),
    ("E020", Manifest(triggers=(replace(KEPT, order=1),))),
    ("E020", Manifest(policies=(Policy(table="gis_core_letter", name="arpent_read"),))),
    ("E021", Manifest(triggers=(KEPT, replace(KEPT, fires="before update")))),
    ("E022", Manifest(triggers=(replace(KEPT, table="gis_core_lettre"),))),
    ("E022", Manifest(reported=(Reported(table="gis_core_lettre"),))),
]


@pytest.mark.parametrize(("number", "wrong"), WRONG)
def test_a_declaration_that_the_database_would_not_have_is_told(
    monkeypatch: pytest.MonkeyPatch, number: str, wrong: Manifest
) -> None:
    monkeypatch.setattr(checks, "manifests", lambda: {"app": wrong})
    errors = [*checks.wrong_triggers(), *checks.wrong_tables()]
    assert {error.id for error in errors} == {f"arpent.{number}"}


def test_what_is_declared_of_other_tables_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    also = Manifest(triggers=(KEPT, replace(KEPT, table="gis_core_member")))
    monkeypatch.setattr(checks, "manifests", lambda: {"app": also})
    assert [*checks.wrong_triggers(), *checks.wrong_tables()] == []


SETTING = re.compile(r"""(?:set_config|current_setting|setting)\(\s*['"]arpent\.(\w+)|'arpent\.(\w+)'\s*\|\|""")


def test_every_setting_of_the_session_is_declared_and_every_declared_one_is_used() -> None:
    declared = [one.name.partition("<")[0] for manifest in manifests().values() for one in manifest.settings]
    texts = [
        path.read_text() for app in APPS for kind in ("*.py", "*.sql") for path in sorted((ROOT / app).rglob(kind))
    ]
    used = {one or other for text in texts for one, other in SETTING.findall(text)}
    used |= {name.removeprefix("arpent.") for name in Rights().settings()}
    assert sorted(declared) == sorted(used)


def test_the_command_tells_what_is_declared_of_the_database() -> None:
    told = "\n".join(wiring.wiring_lines([]))
    names = re.findall(r"^ {4}road_section +(\d+ \w+)", told, re.MULTILINE)
    assert names[:6] == ["020 route", "030 department", "040 guard", "050 nodes", "060 sides", "070 axes"]
    assert "using arpent.deals_with_requests(owner_id, insee), check" in told
    assert "arpent.keeping              session" in told
