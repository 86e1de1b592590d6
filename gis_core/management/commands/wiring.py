"""`wiring`: every extension point, with who contributes what, and what each app declares of the database."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from gis_core.wiring.checks import load_points
from gis_core.wiring.database import GENERIC
from gis_core.wiring.manifests import manifests
from gis_core.wiring.page import condition, contributions, moment, named, page
from gis_core.wiring.points import POINTS, ExtensionPoint


class Command(BaseCommand):
    help = "Prints every extension point with who contributes what, the triggers and policies of tables, the addresses."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("point", nargs="*", help="those of these names alone")
        parser.add_argument("--markdown", action="store_true", help="the page docs/reference/wiring.md")

    def handle(self, *_args: Any, point: list[str], markdown: bool, **_options: Any) -> None:
        load_points()
        self.stdout.write(page() if markdown else "\n".join(described(point)), ending="" if markdown else "\n")


def described(names: list[str]) -> Iterator[str]:
    """Lines of text: the points by name, the database, the addresses. With names, these points alone."""
    for name in sorted(POINTS):
        if not names or name in names:
            yield from described_point(POINTS[name])
    if not names:
        yield from described_triggers()
        yield from described_policies()
        yield from described_settings()
        yield from described_urls()


def described_point(point: ExtensionPoint[Any]) -> Iterator[str]:
    yield f"{point.name} - {point.doc}"
    for item, app in contributions(point):
        yield f"    {named(point, item):<64}{app}"
    yield ""


def described_triggers() -> Iterator[str]:
    yield "triggers - What happens when rows are written, table by table in the order in which they fire."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.triggers]
    for one, app in sorted(given, key=lambda pair: (pair[0].table, pair[0].moment)):
        yield f"    {one.table:<22}{one.order:03} {one.name:<16}{moment(one):<46}{one.call:<30}{app}"
    later = ", ".join(f"{order} {name}" for order, name in GENERIC.items())
    yield f"    Functions make those that come after: {later}."
    yield ""


def described_policies() -> Iterator[str]:
    yield "policies - What the site may not do, beside the policies that a table's scope gives it."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.policies]
    for one, app in sorted(given, key=lambda pair: (pair[0].table, pair[0].name)):
        yield f"    {one.table:<22}{one.name:<30}{one.of:<10}{app}"
        yield f"        {condition(one)}"
    yield ""


def described_settings() -> Iterator[str]:
    yield "settings - What the session of the database is told, by whom and why."
    for app, manifest in manifests().items():
        for one in manifest.settings:
            yield f"    {'arpent.' + one.name:<28}{'transaction' if one.local else 'session':<16}{app}"
            yield f"        {one.why}"
    yield ""


def described_urls() -> Iterator[str]:
    yield "urls - The addresses below each prefix, in the order in which they are asked."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.urls]
    for one, app in sorted(given, key=lambda pair: pair[0].order):
        yield f"    {one.prefix:<20}{one.module:<44}{app}"
