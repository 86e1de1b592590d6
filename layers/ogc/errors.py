"""What can go wrong at /ogc/ beside what the services say."""

from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotTaken


class NoContentType(Invalid):
    """Something was sent without saying what it is."""

    def __init__(self) -> None:
        super().__init__(_("Say what you send with the Content-Type header."))


class UnknownContentType(NotTaken):
    """What was sent is of a type that is not read here."""

    def __init__(self, known: str) -> None:
        super().__init__(_("Send one of these types: %(known)s.") % {"known": known})
