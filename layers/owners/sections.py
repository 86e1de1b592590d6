"""What the parcel sheet says of owners: whether the asker may ask for them, and where. It names nobody."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.members.rights import Rights
from layers.owners.services.access import open_communes
from layers.owners.services.consulting import MOST_PARCELS
from layers.parcels.sections import Answer, Ground, Line, Link, Section


def owners(ground: Ground, rights: Rights) -> Answer:
    """A sheet says no purpose, so it shows no name: whoever may read the owners is led to where they are asked for."""
    if not ground.parcels:
        return Answer(notes=[_("Owners are asked for by parcel: choose parcels rather than a shape.")])
    if not ground.insee <= open_communes():
        return Answer(notes=[_("The owners are not open to you: ask an administrator of your authority.")])
    if len(ground.idus) > MOST_PARCELS:
        return Answer(notes=[_("Owners are asked for %(most)s parcels at most at once.") % {"most": MOST_PARCELS}])
    link = Link(
        title=_("Consult the owners"),
        url=reverse("owner_consultation", query={"parcels": " ".join(ground.idus)}),
    )
    return Answer(
        lines=[
            Line(
                key="consult",
                title=_("The owners are open to you"),
                detail=_("A purpose is asked, and the journal keeps it."),
                links=[link],
            )
        ]
    )


SECTION = Section(
    slug="owners",
    title=gettext_lazy("Owners"),
    order=15,
    collect=owners,
    open_to=lambda rights: rights.signed_in,
    kept=False,
)
