"""What can go wrong with a server of images that is not ours."""

from gis_core.errors import Unavailable


class NotAnImage(Unavailable):
    """The server answers, but not by an image."""
