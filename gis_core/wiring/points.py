"""Extension points: what an app asks of the others, declared once by the app that uses it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from gis_core.wiring.manifests import Manifest

POINTS: Final[dict[str, ExtensionPoint[Any]]] = {}
"""Every point whose module was imported, by name: for `manage wiring` and the system check."""


@dataclass(frozen=True, slots=True)
class Given[T]:
    """What an app gives to a point, in its manifest."""

    point: ExtensionPoint[T]
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """A function named by its module, which is imported when it is first called: for modules that are heavy.

    It is looked up at each call, so that a test may put another one in its place.
    """

    path: str

    @property
    def target(self) -> Callable[..., Any]:
        module, _dot, name = self.path.rpartition(".")
        function: Callable[..., Any] = getattr(import_module(module), name)
        return function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.target(*args, **kwargs)


class ExtensionPoint[T]:
    """A place where apps contribute items of one type.

    `doc` says what for and in which order. `key` names an item (two of one name are refused), `order` places it; items
    of one place stand in the order of INSTALLED_APPS, then of their manifest. With `one`, exactly one item is given.
    """

    def __init__(
        self,
        name: str,
        doc: str,
        *,
        key: Callable[[T], Hashable] | None = None,
        order: Callable[[T], Any] | None = None,
        one: bool = False,
    ) -> None:
        if name in POINTS:
            raise ImproperlyConfigured(f"Two extension points are called {name}.")
        self.name, self.doc, self.key, self.order, self.one = name, doc, key, order, one
        self._items: tuple[T, ...] | None = None
        POINTS[name] = self

    def __call__(self, *items: T) -> Given[T]:
        """Give items to this point (for manifests alone)."""
        return Given(self, items)

    def all(self) -> tuple[T, ...]:
        """Every item, in order."""
        if self._items is None:
            from gis_core.wiring.manifests import manifests

            self._items = self.collect(manifests())
        return self._items

    def get(self, key: Hashable) -> T:
        """The item of this name. Raises KeyError."""
        return self.by_key()[key]

    def find(self, key: Hashable) -> T | None:
        """The item of this name, None where no app gives one."""
        return self.by_key().get(key)

    def the(self) -> T:
        """The only item (of a point with `one`)."""
        (item,) = self.all()
        return item

    def by_key(self) -> dict[Hashable, T]:
        if self.key is None:
            raise ImproperlyConfigured(f"Items of {self.name} have no names.")
        return {self.key(item): item for item in self.all()}

    def by_app(self, read: Mapping[str, Manifest]) -> Iterator[tuple[str, T]]:
        """(app, item), unsorted."""
        for app, manifest in read.items():
            for given in manifest.gives:
                if given.point is self:
                    yield from ((app, item) for item in given.items)

    def collect(self, read: Mapping[str, Manifest]) -> tuple[T, ...]:
        """What the manifests give to this point, in its order.

        Raises ImproperlyConfigured for two items of one name, and for none or several of `one`.
        """
        items = [item for _app, item in self.by_app(read)]
        if self.order is not None:
            items.sort(key=self.order)
        if self.one and len(items) != 1:
            raise ImproperlyConfigured(f"{self.name} wants one item and is given {len(items)}.")
        if self.key is not None:
            names = [self.key(item) for item in items]
            if twice := sorted({str(name) for name in names if names.count(name) > 1}):
                raise ImproperlyConfigured(f"{self.name} is given twice: {', '.join(twice)}.")
        return tuple(items)
