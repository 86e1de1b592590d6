"""`wiring`: every extension point, with who contributes what, and what each app declares of the database."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from gis_core.wiring.checks import load_points
from gis_core.wiring.database import GENERIC
from gis_core.wiring.manifests import manifests
from gis_core.wiring.page import condition, contributions, item_name, moment, page
from gis_core.wiring.points import POINTS, ExtensionPoint


class Command(BaseCommand):
    help = "Prints every extension point with who contributes what, the triggers and policies of tables, the addresses."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("point", nargs="*", help="those of these names alone")
        parser.add_argument("--markdown", action="store_true", help="the page docs/reference/wiring.md")

    def handle(self, *_args: Any, point: list[str], markdown: bool, **_options: Any) -> None:
        load_points()
        self.stdout.write(page() if markdown else "\n".join(wiring_lines(point)), ending="" if markdown else "\n")


def wiring_lines(names: list[str]) -> Iterator[str]:
    """Lines of text: the points by name, the database, the addresses. With names, these points alone."""
    for name in sorted(POINTS):
        if not names or name in names:
            yield from point_lines(POINTS[name])
    if not names:
        yield from trigger_lines()
        yield from policy_lines()
        yield from setting_lines()
        yield from url_lines()


def point_lines(point: ExtensionPoint[Any]) -> Iterator[str]:
    yield f"{point.name} - {point.doc}"
    for item, app in contributions(point):
        yield f"    {item_name(point, item):<64}{app}"
    yield ""


def trigger_lines() -> Iterator[str]:
    yield "triggers - What happens when rows are written, table by table in the order in which they fire."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.triggers]
    for one, app in sorted(given, key=lambda pair: (pair[0].table, pair[0].moment)):
        yield f"    {one.table:<22}{one.order:03} {one.name:<16}{moment(one):<46}{one.call:<30}{app}"
    later = ", ".join(f"{order} {name}" for order, name in GENERIC.items())
    yield f"    Functions make those that come after: {later}."
    yield ""


def policy_lines() -> Iterator[str]:
    yield "policies - What the site may not do, beside the policies that a table's scope gives it."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.policies]
    for one, app in sorted(given, key=lambda pair: (pair[0].table, pair[0].name)):
        yield f"    {one.table:<22}{one.name:<30}{one.of:<10}{app}"
        yield f"        {condition(one)}"
    yield ""


def setting_lines() -> Iterator[str]:
    yield "settings - What the session of the database is told, by whom and why."
    for app, manifest in manifests().items():
        for one in manifest.settings:
            yield f"    {'arpent.' + one.name:<28}{'transaction' if one.local else 'session':<16}{app}"
            yield f"        {one.why}"
    yield ""


def url_lines() -> Iterator[str]:
    yield "urls - The addresses below each prefix, in the order in which they are asked."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.urls]
    for one, app in sorted(given, key=lambda pair: pair[0].order):
        yield f"    {one.prefix:<20}{one.module:<44}{app}"
