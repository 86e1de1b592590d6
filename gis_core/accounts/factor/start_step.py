"""The step of the page “Getting started”: whether roles need a second factor."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.accounts.factor import requirement
from gis_core.points import PageLink, Progress, StartStep


def progress() -> Progress:
    """The agency switched it on."""
    if not requirement.is_by_role():
        return Progress(False, _("Passwords alone open what administrators do and the personal data of others."))
    _count, without = requirement.count_people()
    text = ngettext("%(n)s person has none yet.", "%(n)s people have none yet.", without)
    return Progress(True, text % {"n": without})


STEP = StartStep(
    slug="second_factor",
    label=gettext_lazy("A second factor by role"),
    order=85,
    progress=progress,
    door=PageLink("second_factor_by_role", gettext_lazy("A second factor by role")),
    guide="how-to/second-facteur",
)
