"""How long aerial photos are kept, and what they are processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows

KINDS: Final = (
    RetentionKind(
        slug="photos",
        title=_("Aerial photos"),
        what=_("A campaign is withdrawn by those who published it; trial builds go after two days."),
        when=When.HAND,
        models=("orthophoto.Campaign", "orthophoto.Sheet", "catalogue.Photo", "catalogue.PhotoSheet"),
        duration=lambda: _("as long as the authority publishes them"),
        reason=_("to compare years; for the authority to decide, no text is known to set it"),
        stock=rows("catalogue.Photo", "acquired_date"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="photos",
        title=_("Aerial photos of very high resolution"),
        controller=Controller.MEMBER,
        purposes=_("See the territory: planning, networks, roads, risks."),
        basis=_("task in the public interest (GDPR, art. 6 § 1 e)"),
        people=_("inhabitants and passers-by, their gardens, terraces and vehicles: known by the place"),
        models=("orthophoto.Campaign", "orthophoto.Sheet", "catalogue.Photo", "catalogue.PhotoSheet"),
        data=_("the picture of the ground, up to 5 cm a pixel"),
        recipients=_(
            "those to whom the authority opens the photo: itself alone, chosen authorities, people"
            " signed in, or everybody; cut to the authority's communes where it chooses so"
        ),
    ),
)
