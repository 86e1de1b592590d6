"""The manifests of all apps, read on the first question: this module alone imports them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, LiteralString

from django.apps import AppConfig, apps
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.urls import URLResolver, include, path
from django.utils.module_loading import module_has_submodule

from gis_core.wiring.database import Policy, Reported, Setting, Trigger
from gis_core.wiring.points import Given


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of a module below a prefix. Where those of two apps could match, the smaller `order` is asked."""

    prefix: str
    module: str
    order: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that an app gives to the others.

    `run_time_tables` is SQL that secures again the tables that were made at run time: it follows every installation.
    """

    urls: tuple[Urls, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    settings: tuple[Setting, ...] = ()
    reported: tuple[Reported, ...] = ()
    run_time_tables: tuple[LiteralString, ...] = ()
    gives: tuple[Given[Any], ...] = ()

    @property
    def on_tables(self) -> tuple[Trigger | Policy, ...]:
        return (*self.triggers, *self.policies)


_lock = threading.RLock()
_read: dict[str, Manifest] | None = None
_reading = False


def manifests() -> dict[str, Manifest]:
    """By the name of the app, in the order of INSTALLED_APPS. Raises AppRegistryNotReady, ImproperlyConfigured."""
    global _read
    if _read is None:
        with _lock:
            if _read is None:
                _read = read_manifests()
    return _read


def read_manifests() -> dict[str, Manifest]:
    global _reading
    if not apps.ready:
        raise AppRegistryNotReady("Extension points are asked once all apps are loaded.")
    if _reading:
        raise ImproperlyConfigured("A module that a manifest imports asks an extension point while it is imported.")
    _reading = True
    try:
        return {app.name: import_module(f"{app.name}.manifest").MANIFEST for app in apps_with("manifest")}
    finally:
        _reading = False


def apps_with(submodule: str) -> Iterator[AppConfig]:
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, submodule):
            yield app


def urls() -> list[Urls]:
    """Those of every app, in the order in which they are asked."""
    given = [one for manifest in manifests().values() for one in manifest.urls]
    return sorted(given, key=lambda one: one.order)


def url_patterns() -> list[URLResolver]:
    return [path(one.prefix, include(one.module)) for one in urls()]
