"""System checks of the wiring: a manifest that cannot be read, or that gives what its point does not take."""

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from gis_core.wiring.database import DECLARED, GENERIC_POLICY, KEPT, Policy, Trigger
from gis_core.wiring.manifests import apps_with, manifests, urls
from gis_core.wiring.points import POINTS, Later


@register()
def the_wiring_is_sound(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Every manifest is read, every point takes what it is given, every module that is named is there."""
    try:
        load_points()
    except Exception as error:  # whatever a manifest raises is its fault
        return [Error(f"A manifest cannot be read: {error!r}", id="arpent.E010")]
    return [*wrong_items(), *missing_modules(), *find_repeated_urls(), *wrong_triggers(), *wrong_tables()]


def load_points() -> None:
    """Import every `points` module, and through the manifests those of packages: a point that nobody has asked yet is
    known all the same.
    """
    manifests()
    for app in apps_with("points"):
        import_module(f"{app.name}.points")


def wrong_items() -> Iterator[CheckMessage]:
    for point in POINTS.values():
        try:
            point.collect(manifests())
        except ImproperlyConfigured as error:
            yield Error(str(error), id="arpent.E011")


def missing_modules() -> Iterator[CheckMessage]:
    modules = [one.module for one in urls()]
    for manifest in manifests().values():
        items = [item for given in manifest.gives for item in given.items]
        modules += [later.path.rpartition(".")[0] for item in items for later in later_functions(item)]
    for module in dict.fromkeys(modules):
        if find_spec(module) is None:
            yield Error(f"A manifest names {module}, which does not exist.", id="arpent.E012")


def later_functions(item: Any) -> Iterator[Later]:
    """The functions that an item names without importing them: itself, or its fields."""
    if isinstance(item, Later):
        yield item
    for name in getattr(item, "__dataclass_fields__", ()):
        if isinstance(value := getattr(item, name), Later):
            yield value


def find_repeated_urls() -> Iterator[CheckMessage]:
    given = [(one.prefix, one.module) for one in urls()]
    for prefix, module in dict.fromkeys(given):
        if given.count((prefix, module)) > 1:
            yield Error(f"{module} is given twice below {prefix}.", id="arpent.E013")


def wrong_triggers() -> Iterator[CheckMessage]:
    """A name of the generic ones would be written over, of two of one name the last one would stay."""
    given = [one for manifest in manifests().values() for one in manifest.on_tables]
    keys = [(type(one), one.table, one.full_name) for one in given]
    for one in dict.fromkeys(given):
        if is_generic(one):
            yield Error(f"{one.full_name} on {one.table} has the name of a generic one.", id="arpent.E020")
        if keys.count((type(one), one.table, one.full_name)) > 1:
            yield Error(f"{one.full_name} on {one.table} is declared twice.", id="arpent.E021")


def is_generic(one: Trigger | Policy) -> bool:
    if isinstance(one, Policy):
        return re.search(GENERIC_POLICY, one.name) is not None
    return one.order not in DECLARED and one.order != KEPT


def wrong_tables() -> Iterator[CheckMessage]:
    """What is declared of a table that is not there is put off until it is: for a wrong name, for ever."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    for manifest in manifests().values():
        tables = [*(one.table for one in manifest.on_tables), *(one.table for one in manifest.reported)]
        for table in dict.fromkeys(tables):
            if table not in known:
                yield Error(f"A manifest names the table {table}, which no model has.", id="arpent.E022")
