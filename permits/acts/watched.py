"""What is watched of a file between the draft of an act and its number: a draft keeps a fingerprint of each."""

from collections.abc import Mapping
from copy import copy
from hashlib import sha256
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from gis_core.database import clock as database_clock
from gis_core.letters.kinds import Value
from gis_core.long_dates import format_long_date
from permits.labels import tacit_label
from permits.letters import FIGURE_FIELDS
from permits.models import Event, Permit, Piece
from permits.procedure import OPEN, State, describe_state
from permits.services.reading import derive

FIELDS: Final = (
    *("nature", "commune", "parcelles", "adresse_terrain", "travaux", "date_depot", "avis"),
    *("demandeur_siret", "mandataire", "architecte", "architecte_numero"),
    *FIGURE_FIELDS,
)
"""Of what every letter may name, what an act says of the file."""
BESIDE: Final[Mapping[str, Any]] = {
    "pieces": gettext_lazy("pieces of the file"),
    "stage": gettext_lazy("where the file stands"),
}
"""What no field of an act holds, and an act rests on."""
TACIT: Final = (State.GRANTED, State.REFUSED, State.REJECTED)
"""How silence may end a file."""


def keep_watched(known: Mapping[str, Value]) -> dict[str, Value]:
    return {name: known[name] for name in FIELDS if name in known}


def digests(values: Mapping[str, Value]) -> dict[str, str]:
    """A fingerprint of each value: a draft does not keep what it was begun with, it knows it again."""
    return {name: sha256(repr(value).encode()).hexdigest()[:16] for name, value in sorted(values.items())}


def beside_values(permit: Permit) -> dict[str, Value]:
    """Its pieces and where it stands today, in words, by the names of `BESIDE`."""
    return {"pieces": describe_documents(permit), "stage": describe_stage(permit)}


def describe_documents(permit: Permit) -> str:
    """« 3 pièces, dont 1 refusée ; la dernière, PCMI2, du 12/01/2026 14:05:12 »: no title, which may name somebody."""
    documents = list(
        Piece.objects.filter(permit=permit, removed_at=None).only("code", "kind", "refused_at", "added_at")
    )
    if not documents:
        return ""
    last, refused = documents[-1], sum(document.refused_at is not None for document in documents)
    with override("fr"):
        count = ngettext("%(count)s piece", "%(count)s pieces", len(documents)) % {"count": len(documents)}
        if refused:
            count = _("%(pieces)s, %(count)s of them refused") % {"pieces": count, "count": refused}
        what, when = last.code or last.get_kind_display(), localtime(last.added_at)
        message = _("%(count)s; the last one, %(piece)s, of %(when)s")
        return message % {"count": count, "piece": what, "when": f"{when:%d/%m/%Y %H:%M:%S}"}


def describe_stage(permit: Permit) -> str:
    """« Permis tacite, 6 avril 2026 »; of an open file whether pieces are missing, whoever instructs it."""
    today = copy(permit)
    derive(today, list(Event.objects.filter(permit=permit)), database_clock.today())
    with override("fr"):
        if today.state in OPEN:
            return describe_state(permit.kind, State.INCOMPLETE) if today.state == State.INCOMPLETE else _("open")
        silent = today.tacit and today.state in TACIT
        label = tacit_label(today.state, permit.kind) if silent else describe_state(permit.kind, today.state)
        return f"{label}, {format_long_date(today.ended_date)}" if today.ended_date else label
