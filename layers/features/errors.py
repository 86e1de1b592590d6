"""What can go wrong with an edit."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid, NotFound, Stale, VersionRequired

__all__ = ["FieldRefused", "GeometryRefused", "Missing", "NotEditable", "Stale", "VersionRequired"]


class NotEditable(Forbidden):
    """The asker may see the layer or the object, but not change it."""


class Missing(NotFound):
    """The object does not exist, or the asker may not know that it does."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(_("There is no such object, or you may not see it."), **extra)


class FieldRefused(Invalid):
    """Values that the layer does not take: `errors` has `{"index", "field", "message"}` for each."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(str(errors[0]["message"]), errors=list(errors))


class GeometryRefused(Invalid):
    """A geometry that cannot be kept, in words that say what to do; `errors` as in FieldRefused, field "geometry"."""

    def __init__(self, message: str, index: int = 0) -> None:
        super().__init__(message, errors=[{"index": index, "field": "geometry", "message": message}])
