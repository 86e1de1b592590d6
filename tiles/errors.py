"""What can go wrong with a tile."""

from django.utils.translation import gettext as _

from gis_core.errors import Invalid


class NotATileError(Invalid):
    """The zoom, column or row is not a number, or lies outside the Web Mercator pyramid."""

    def __init__(self) -> None:
        super().__init__(_("There is no tile at this zoom, column and row."))
