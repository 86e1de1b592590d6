"""What can go wrong with a server that is not ours."""

from gis_core.errors import Invalid, Unavailable


class NotAllowed(Invalid):
    """The address names a host that is not on the list, or that leads where nothing may be fetched."""


class NoAnswer(Unavailable):
    """The server does not answer, or too slowly, or by an error."""
