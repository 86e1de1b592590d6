"""Unité foncière: the touching parcels of one account, found when it is asked for."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_one
from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.owners.services.consulting import Consultation, Demand, consult
from layers.owners.services.reading import open_owners
from layers.parcels.ground import MOST_PARCELS, ground_of_parcels
from layers.parcels.sections import Ground, reader_with


@dataclass(frozen=True, slots=True)
class LandUnit:
    """One piece of ground of one account; `consultation` is the parcel that was asked for, with its owners."""

    consultation: Consultation
    idus: tuple[str, ...]
    ground: Ground

    @property
    def line(self) -> int:
        return self.consultation.line


def land_unit(query: Demand, *, user: User, rights: Rights) -> LandUnit:
    """The unit around the one parcel asked for. Raises as `consult`, and NotFound for a parcel without an account."""
    if len(query.parcels) != 1:
        raise Invalid(_("Ask for the unit of one parcel at a time."), parameter="parcels")
    consultation = consult(query, user=user, rights=rights)
    with open_owners(consultation.line):
        (idus,) = fetch_one("select arpent.land_unit(%s)", [query.parcels[0]])
    if not idus:
        raise NotFound(_("The register does not know this parcel."))
    if len(idus) > MOST_PARCELS:
        message = _("This unit has more than %(most)s parcels: it is a domain, and is not drawn.")
        raise Invalid(message % {"most": MOST_PARCELS}, parameter="parcels")
    ground = ground_of_parcels(idus, database_clock.today(), reader_with(rights))
    return LandUnit(consultation, tuple(idus), ground)
