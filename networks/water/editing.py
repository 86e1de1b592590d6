"""What editing networks asks beside the usual: a lock, heights along pipes, texts for what the database refuses."""

from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from layers.features.points import Editing, Refusal
from networks.water.families import FamilyName
from networks.water.services import attached, heights, remarks
from networks.water.topology import UNNAMED_PATIENT, lock_networks

KINDS: Final = ("node", "pipe", "connection")
LAID_IN_ORDER: Final = _("The last possible year of laying comes before the first one: exchange them.")
REFUSED: Final = {
    "zero_length": _("The pipe has no length: give it two different ends."),
    "closed_loop": _("The pipe ends where it starts (%(place)s): draw a loop as two pipes."),
    "duplicate_pipe": _("Pipe %(other)s is there already, between the same two nodes: keep one of them."),
    "duplicate_node": _("Node %(other)s is there already (%(place)s): change that one, or move this one away."),
    "end_of_pipe": _("Pipe %(other)s ends on this node: remove the pipe first."),
    "crossing": _("Several pipes meet at this node (%(place)s): make it a plain junction, or remove the pipes first."),
    "pipes_differ": _(
        "The pipes on both sides differ from pipe %(other)s (material, diameter, use, state): make this node a plain"
        " junction rather than removing it."
    ),
}
"""What the triggers of the topology refuse."""


def network(family: FamilyName) -> tuple[Editing, ...]:
    """The tables of a network."""
    laid = {kind: {f"{family}_{kind}_laid_in_order": ("laid_to_year", LAID_IN_ORDER)} for kind in KINDS}
    unnamed = {f"{family}_connection_unnamed_patient": ("sensitive_name", _(UNNAMED_PATIENT))}
    return (
        Editing(
            table=f"{family}_node",
            lock=lock_networks,
            checks=laid["node"],
            remarks=partial(remarks.remarks_on_nodes, family),
            unnumbered=("junction",),
        ),
        Editing(
            table=f"{family}_pipe",
            lock=lock_networks,
            piece=heights.of_piece,
            whole=heights.of_whole,
            attached=partial(attached.note_attached, family),
            checks=laid["pipe"],
            remarks=partial(remarks.remarks_on_pipes, family),
        ),
        Editing(
            table=f"{family}_connection",
            lock=lock_networks,
            checks=laid["connection"] | unnamed,
            remarks=partial(remarks.remarks_on_connections, family),
        ),
    )


TABLES: Final = (
    *network("water"),
    *network("sewer"),
    Editing(table="water_repair", checks={"water_repair_laid_in_order": ("laid_to_year", LAID_IN_ORDER)}),
)
REFUSALS: Final = tuple(Refusal(kind, text) for kind, text in REFUSED.items())
