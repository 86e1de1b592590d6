"""What can go wrong with a tile."""

from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotFound


class NoSuchLayerError(NotFound):
    """The layer does not exist, or the asker may not see it: the same answer."""

    def __init__(self) -> None:
        super().__init__(_("There is no such layer, or you may not see it."))


class NotATileError(Invalid):
    """The zoom, column or row is not a number, or lies outside the Web Mercator pyramid."""

    def __init__(self) -> None:
        super().__init__(_("There is no tile at this zoom, column and row."))
