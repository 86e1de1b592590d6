"""The kinds of anomalies: their words, how serious each is, and what to do where no repair is offered."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.water.models import Anomaly

Severity = Anomaly.Severity
WATER, SEWER = "water", "sewer"
FAMILIES: Final = (WATER, SEWER)
BOTH: Final = FAMILIES
NEAR_M = 2.0
"""Nearer than this to something that it is not connected with, an end is suspect."""
JOINED_WITHIN_M = 50.0
"""As far as this a part that stands alone may be joined to the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of anomaly; `batch` says that several are repaired at once without looking at each."""

    label: str | Promise
    advice: str | Promise
    severity: Severity
    families: tuple[str, ...] = BOTH
    batch: bool = False


KINDS: Final[dict[str, Kind]] = {
    "broken": Kind(
        label=_("Topology broken"),
        advice=_("A pipe does not end on its node, or two objects lie in one place: have it put right."),
        severity=Severity.SERIOUS,
    ),
    "near_miss": Kind(
        label=_("End that is not joined"),
        advice=_("This end lies within 2 m of something that it is not connected with: join them, or say why not."),
        severity=Severity.SERIOUS,
        batch=True,
    ),
    "isolated": Kind(
        label=_("Part that stands alone"),
        advice=_("Nothing leads from here to a source (to an outlet, for sewers): draw what is missing."),
        severity=Severity.SERIOUS,
    ),
    "no_source": Kind(
        label=_("No source or outlet known"),
        advice=_("Draw the tank, the treatment plant, the catchment or the outlet that this network depends on."),
        severity=Severity.SERIOUS,
    ),
    "off_network": Kind(
        label=_("Equipment on no pipe"),
        advice=_("Move it onto its pipe, or draw the pipe that is missing."),
        severity=Severity.DOUBT,
    ),
    "wrong_slope": Kind(
        label=_("Sewer that climbs"),
        advice=_("Its end is higher than its start: turn it round, or put its heights right."),
        severity=Severity.SERIOUS,
        families=(SEWER,),
    ),
    "below_invert": Kind(
        label=_("Pipe below the invert of its manhole"),
        advice=_("A pipe cannot lie lower than the bottom of its manhole: survey it again."),
        severity=Severity.DOUBT,
        families=(SEWER,),
        batch=True,
    ),
    "cover_conflict": Kind(
        label=_("Cover below the invert"),
        advice=_("The cover lies lower than what is under it: survey it again."),
        severity=Severity.SERIOUS,
        families=(SEWER,),
    ),
    "cover_off_ground": Kind(
        label=_("Cover far from the ground"),
        advice=_("The published model of the ground is farther from this cover than its class of accuracy allows."),
        severity=Severity.DOUBT,
        families=(SEWER,),
    ),
    "diameter_drop": Kind(
        label=_("Narrower downstream"),
        advice=_("A gravity sewer does not get narrower: check both diameters."),
        severity=Severity.DOUBT,
        families=(SEWER,),
    ),
    "no_outlet": Kind(
        label=_("Sewers without a way out"),
        advice=_("Water arrives here and nothing takes it further: draw what follows, or name the outlet."),
        severity=Severity.DOUBT,
        families=(SEWER,),
    ),
    "missing_diameter": Kind(
        label=_("Diameter missing"),
        advice=_("Fill in the diameter when it is known."),
        severity=Severity.HINT,
        batch=True,
    ),
    "missing_material": Kind(
        label=_("Material missing"),
        advice=_("Fill in the material when it is known."),
        severity=Severity.HINT,
        batch=True,
    ),
    "unlikely_year": Kind(
        label=_("Unlikely year"),
        advice=_("A year lies in the future, before 1800, or does not follow the others: put it right."),
        severity=Severity.DOUBT,
    ),
    "unlikely_size": Kind(
        label=_("Unlikely size"),
        advice=_("A diameter or a depth is out of proportion: put it right."),
        severity=Severity.DOUBT,
    ),
    "no_pipe": Kind(
        label=_("Connection without a pipe"),
        advice=_("No pipe in service lies within 60 m: draw it, or move the connection."),
        severity=Severity.DOUBT,
        batch=True,
    ),
    "far_connection": Kind(
        label=_("Connection far from its pipe"),
        advice=_("It hangs on a pipe more than 60 m away: move it, or hang it on another one."),
        severity=Severity.DOUBT,
        batch=True,
    ),
    "valve_dead_end": Kind(
        label=_("Valve at a dead end"),
        advice=_("Nothing follows this valve: draw what does, or leave it if it waits for an extension."),
        severity=Severity.HINT,
        families=(WATER,),
    ),
    "dead_end": Kind(
        label=_("Dead end without a cap"),
        advice=_("Name what ends the pipe (cap, drain, hydrant), or draw what follows."),
        severity=Severity.HINT,
        families=(WATER,),
    ),
    "crossing": Kind(
        label=_("Pipes that cross without a node"),
        advice=_("Nothing says that they meet: make a node if they do, ignore it if one passes over the other."),
        severity=Severity.HINT,
    ),
    "duplicate": Kind(
        label=_("Drawn twice"),
        advice=_("Two objects say the same: keep one."),
        severity=Severity.DOUBT,
        batch=True,
    ),
    "same_reference": Kind(
        label=_("Same reference"),
        advice=_("Two references differ by their capitals alone: change one."),
        severity=Severity.DOUBT,
    ),
}


def kinds_of(family: str) -> dict[str, Kind]:
    return {name: kind for name, kind in KINDS.items() if family in kind.families}
