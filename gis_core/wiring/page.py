"""The page of the documentation about the wiring, written anew by `manage wiring --markdown`."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from gis_core.wiring.checks import load_points
from gis_core.wiring.database import Policy, Trigger
from gis_core.wiring.manifests import manifests
from gis_core.wiring.points import POINTS, ExtensionPoint, Later

INTRODUCTION: Final = """\
# Wiring: which app gives what to whom

An app that wants something of others declares an *extension point* in its `points.py`; an app that has something to
give lists it in its `manifest.py`, as frozen data and nothing else. Nothing is registered while apps start.
`gis_core.wiring` alone reads manifests, on the first question, once all apps are loaded; system checks (`arpent.E010`
to `arpent.E013`) read them all.

To give something to a point, add a line to your app's manifest: mypy checks that it is of the type that the point
takes. To ask for something new, declare a point with a text that says what for and in which order, and ask it inside
of a function with `all()`, `get(key)`, `find(key)` or `the()`: manifests cannot be read while modules are imported.
What is heavy to import is given by its name, `Later("app.module.function")`. In a test, `tests.wiring.give` gives other
items.

Items stand in the order that a point says, those that it does not tell apart in that of `INSTALLED_APPS`, then of
their manifest: the order of the tables below.

This page is written by `.venv/bin/python manage.py wiring --markdown > docs/reference/wiring.md`; a test fails when it
is not what that command says. `./arpent manage wiring POINT` prints one point.
"""

TRIGGERS: Final = """\
What happens when rows are written, table by table in the order in which it fires. Besides, functions give triggers to
every table by its scope (the model's `security`, `secure_table.sql`) and to tables made at run time: 900 version (the
row's number), 910 rules (hard rules of a layer), 950 history, 955 and 960 what an import replaces, 970 the security
journal, 980 and 990 statements on reference tables and truncation.
"""


def page() -> str:
    """The whole page: every point with its text and its items, in order; the database; the addresses of each app."""
    load_points()
    points = [section(POINTS[name]) for name in sorted(POINTS)]
    return "\n".join([INTRODUCTION, *points, triggers(), policies(), settings(), addresses()])


def section(point: ExtensionPoint[Any]) -> str:
    rows = [(f"`{item_name(point, item)}`", f"`{app}`") for item, app in contributions(point)]
    return f"## `{point.name}`\n\n{point.doc}\n\n{table(('given', 'by'), rows)}"


def triggers() -> str:
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.triggers]
    ordered = sorted(given, key=lambda pair: (pair[0].table, pair[0].moment))
    rows = [
        (f"`{one.table}`", f"{one.order:03} {one.name}", moment(one), f"`{one.call}`", f"`{app}`")
        for one, app in ordered
    ]
    return f"## Triggers\n\n{TRIGGERS}\n{table(('table', 'order', 'fires', 'function', 'of'), rows)}"


def moment(one: Trigger) -> str:
    """When a trigger fires, in a few words."""
    ending = " at the end" if one.deferred else "" if one.each == "row" else " (statement)"
    return f"{one.fires}{' when ...' if one.when else ''}{ending}"


def policies() -> str:
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.policies]
    rows = [
        (f"`{one.table}`", f"`{one.name}`", one.of, f"`{condition(one)}`", f"`{app}`")
        for one, app in sorted(given, key=lambda pair: (pair[0].table, pair[0].name))
    ]
    text = "What the site may not do, beside the policies that a table's scope gives it."
    return f"## Policies\n\n{text}\n\n{table(('table', 'policy', 'of', 'condition', 'by'), rows)}"


def condition(one: Policy) -> str:
    return ", ".join(f"{word} {text}" for word, text in (("using", one.using), ("check", one.check)) if text)


def settings() -> str:
    rows = [
        (f"`arpent.{one.name}`", "transaction" if one.local else "session", one.why, f"`{app}`")
        for app, manifest in manifests().items()
        for one in manifest.settings
    ]
    text = "What the session of the database is told, by whom and why: triggers and policies read it."
    return f"## Settings of the session\n\n{text}\n\n{table(('setting', 'lasts', 'why', 'by'), rows)}"


def addresses() -> str:
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.urls]
    ordered = sorted(given, key=lambda pair: pair[0].order)
    rows = [(f"`/{one.prefix}`", f"`{one.module}`", f"`{app}`") for one, app in ordered]
    text = "The addresses below each prefix, in the order in which they are asked."
    return f"## Addresses\n\n{text}\n\n{table(('below', 'module', 'of'), rows)}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) if rows else "Nobody gives anything to it.\n"


def contributions(point: ExtensionPoint[Any]) -> Iterator[tuple[Any, str]]:
    """Its items in order, each with the app that gives it."""
    given = [(item, app) for app, item in point.by_app(manifests())]
    if point.order is not None:
        order = point.order
        given.sort(key=lambda pair: order(pair[0]))
    yield from given


def item_name(point: ExtensionPoint[Any], item: Any) -> str:
    """What an item is called: by its key, else by what it holds."""
    if point.key is None:
        return item_text(item)
    key = point.key(item)
    return " / ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def item_text(item: Any) -> str:
    """A text as it is, a function by its module, anything else by the texts and functions that it holds."""
    if isinstance(item, str):
        return item
    if isinstance(item, Later):
        return item.path
    if isinstance(item, partial):
        return f"{item_text(item.func)}({', '.join(map(str, item.args))})"
    if name := getattr(item, "__qualname__", ""):
        return f"{item.__module__}.{name}"
    held = [getattr(item, name) for name in getattr(item, "__dataclass_fields__", ())]
    return ", ".join(item_text(one) for one in held if one and (isinstance(one, str) or callable(one)))
