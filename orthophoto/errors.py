"""What can go wrong with a campaign."""

from gis_core.errors import Conflict, Invalid, NotFound, Unavailable


class NoSuchCampaign(NotFound):
    """There is no campaign of this name, or it is not the asker's to work on."""


class BadOrder(Invalid):
    """What is asked of a campaign cannot be understood: the message says what to change."""


class WrongState(Conflict):
    """The campaign is not ready for this: it is being worked on, or lacks what comes before."""


class DiskFull(Unavailable):
    """The files of a build do not fit on the disk."""
