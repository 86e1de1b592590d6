"""Which authority decides about a stretch of road, from the legal status of the sections under it.

Inside a built-up area the mayor has the police of traffic on every road (CGCT L.2213-1); outside, the head of whoever
keeps the road (CGCT L.3221-4 for a Département). The occupation of the ground is granted by whoever keeps the road;
what takes no hold in the ground, by the police of traffic (code de la voirie routière L.113-2, CGCT L.2213-6). Mayors
may have left that police to the president of their inter-communal body (CGCT L.5211-9-2), who stands in for them on the
roads that it keeps (code de la voirie routière L.141-12): where nothing here says so, whoever signs is told to check.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.models import Member
from networks.roadworks.models import WorkRequest
from networks.roadworks.services.closures import every_row, sections_under


class Authority(StrEnum):
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    STATE = "state"
    UNKNOWN = "unknown"


NAMES: Final = {
    Authority.COMMUNE: gettext_lazy("the mayor"),
    Authority.EPCI: gettext_lazy("the president of the inter-communal body"),
    Authority.DEPARTEMENT: gettext_lazy("the president of the departmental council"),
    Authority.STATE: gettext_lazy("the prefect"),
    Authority.UNKNOWN: pgettext_lazy("authority", "not known"),
}
DECIDES: Final = {
    Authority.COMMUNE: pgettext_lazy("who decides here", "the mayor"),
    Authority.EPCI: pgettext_lazy("who decides here", "the president of the inter-communal body"),
    Authority.DEPARTEMENT: pgettext_lazy("who decides here", "the president of the departmental council"),
    Authority.STATE: pgettext_lazy("who decides here", "the prefect"),
}
"""As `NAMES`, in a sentence that says whose part it is."""
KEEPERS: Final = {"01": Authority.STATE, "02": Authority.STATE, "03": Authority.DEPARTEMENT, "04": Authority.EPCI,
                  "05": Authority.COMMUNE}  # fmt: skip
MANAGERS: Final = {"01": Authority.STATE, "03": Authority.DEPARTEMENT, "04": Authority.EPCI, "05": Authority.COMMUNE}

POLICE: Final = (WorkRequest.Kind.TRAFFIC, WorkRequest.Kind.PARKING)


@dataclass(frozen=True, slots=True)
class Competence:
    """Who decides: several where the stretch passes from one to another; `warning` is for whoever signs."""

    authorities: Sequence[Authority]
    warning: str = ""

    @property
    def one(self) -> Authority:
        return self.authorities[0] if len(self.authorities) == 1 else Authority.UNKNOWN

    def __str__(self) -> str:
        return ", ".join(str(NAMES[one]) for one in self.authorities)


def competent(stretch: GEOSGeometry | None, kind: str, member: Member) -> Competence:
    if stretch is None:
        message = _(
            "Where the works lie is not known yet, nor who decides: give the request two references (PR) or the name of"
            " a street, or make the works."
        )
        return Competence((Authority.UNKNOWN,), message)
    rows = every_row(
        "select distinct status, manager, built_up from road_section where id = any(%(ids)s)",
        ids=sections_under(stretch),
    )
    deciders = {decides(kind, status, manager, built_up) for status, manager, built_up in rows} or {Authority.UNKNOWN}
    order = list(Authority)
    authorities = sorted(deciders, key=order.index)
    shared = member.kind == Member.Kind.EPCI or any(keeper_of(one, by) == Authority.EPCI for one, by, _built_up in rows)
    left = competence_note(kind) if shared and authorities == [Authority.COMMUNE] else ""
    return Competence(authorities, " ".join(filter(None, (warning_of(authorities, member), left))))


def decides(kind: str, status: str | None, manager: str | None, built_up: bool | None) -> Authority:
    keeper = keeper_of(status, manager)
    if kind in (WorkRequest.Kind.PERMISSION, WorkRequest.Kind.ALIGNMENT):
        return keeper
    if built_up or keeper in (Authority.COMMUNE, Authority.EPCI):
        return Authority.COMMUNE
    # A motorway has no built-up area; on other roads the answer depends on it.
    return Authority.UNKNOWN if built_up is None and status != "01" else keeper


def keeper_of(status: str | None, manager: str | None) -> Authority:
    return MANAGERS.get(manager or "") or KEEPERS.get(status or "") or Authority.UNKNOWN


def competence_note(kind: str) -> str:
    if kind in POLICE:
        return _(
            "The mayor decides, unless the police of traffic was left to the president of the inter-communal body"
            " (CGCT L.5211-9-2): check who signs."
        )
    return _(
        "The mayor decides, unless the road is kept by the inter-communal body (code de la voirie routière L.141-12):"
        " give its sections their manager, and check who signs."
    )


def warning_of(authorities: Sequence[Authority], member: Member) -> str:
    if Authority.UNKNOWN in authorities:
        return _(
            "Who decides is not known: give the sections of road their legal status and say whether they lie in a"
            " built-up area."
        )
    if len(authorities) > 1:
        return _("The stretch passes from one authority to another: each signs an order for its part.")
    (one,) = authorities
    # An inter-communal body prepares what its mayors sign.
    ours = (Authority.COMMUNE, Authority.EPCI) if member.kind == Member.Kind.EPCI else (member.kind,)
    if one not in ours:
        message = _("%(member)s does not decide here: %(authority)s does.")
        return message % {"member": member, "authority": DECIDES[one]}
    return ""
