"""Other items for an extension point, for as long as a test runs."""

import pytest

from gis_core.wiring.points import ExtensionPoint


def give[T](monkeypatch: pytest.MonkeyPatch, point: ExtensionPoint[T], *items: T, only: bool = False) -> None:
    """Give items to a point: they replace those of the same name, or with `only` all."""
    names = {point.key(one) for one in items} if point.key else set()
    kept = [] if only else [one for one in point.all() if not point.key or point.key(one) not in names]
    given = [*kept, *items]
    if point.order:
        given.sort(key=point.order)
    monkeypatch.setattr(point, "_items", tuple(given))
