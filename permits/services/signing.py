"""Drafts proposed to a town hall for its signature: who proposed which, when, and what became of it.

Those who instruct propose and take back, the town hall of the commune reads the draft and sends it back with a reason;
making the letter final settles the proposal. Each proposal stays to be seen by both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.database import clock as database_clock
from gis_core.desk.cells import Cell, Line, format_day
from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.listing import Column, Listing
from gis_core.desk.options import commune_options
from gis_core.errors import Conflict, Invalid
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights, Role
from gis_core.models import Commune, Letter
from permits.models import Permit, SignatureProposal
from permits.numbers import format_number
from permits.procedure import INSTRUCTS
from permits.services.recording import check_may_write
from permits.services.register import read_number

State = SignatureProposal.State
TOWN: Final = frozenset({Role.TOWN_HALL})
LONGEST_REASON: Final = 500
HEAVY: Final = ("permit__geom", "permit__geom_3857", "letter__pdf", "letter__docx")


# -- proposing and settling -------------------------------------------------------------------------------------------


@transaction.atomic
def propose_for_signature(permit: Permit, letter: Letter, rights: Rights) -> None:
    """Show a draft to the town hall as it is now; anew where it was changed. Raises Forbidden, Conflict (final)."""
    check_may_write(permit, rights, INSTRUCTS)
    kept = Letter.objects.select_for_update().get(pk=letter.pk)
    if kept.state != Letter.State.DRAFT:
        raise Conflict(_("The letter is final: there is nothing to propose any more."))
    waiting = waiting_proposal(kept)
    if waiting is not None and waiting.letter_version == kept.version:
        raise Conflict(_("This draft is proposed already, as it is now."))
    settle(kept, State.REPLACED, rights)
    SignatureProposal.objects.create(
        permit=permit,
        letter=kept,
        kind=kept.kind,
        letter_version=kept.version,
        proposed_by_id=rights.user_id,
        proposed_at=database_clock.now(),
    )


@transaction.atomic
def take_proposal_back(permit: Permit, letter: Letter, rights: Rights) -> None:
    """The town hall sees the draft no more. Raises Forbidden, Conflict (it is not proposed)."""
    check_may_write(permit, rights, INSTRUCTS)
    if not settle(letter, State.WITHDRAWN, rights):
        raise Conflict(_("This draft is not proposed for signature any more."))


@transaction.atomic
def send_back(permit: Permit, letter: Letter, reason: str, rights: Rights) -> None:
    """The town hall does not sign the draft, and says why. Raises Forbidden, Invalid, Conflict (it is not proposed)."""
    check_may_write(permit, rights, TOWN)
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        message = _("Say in 1 to %(most)s characters why the draft is sent back.")
        raise Invalid(message % {"most": LONGEST_REASON}, parameter="reason")
    if not settle(letter, State.SENT_BACK, rights, reason):
        raise Conflict(_("This draft is not proposed for signature any more."))


def settle(letter: Letter, state: SignatureProposal.State, rights: Rights, reason: str = "") -> bool:
    """Close the proposal of a letter that waits; whether there was one."""
    waiting = SignatureProposal.objects.filter(letter=letter, state=State.WAITING)
    settled = {"settled_by": rights.user_id, "settled_at": database_clock.now(), "settled_reason": reason}
    return bool(waiting.update(state=state, **settled))


# -- reading ----------------------------------------------------------------------------------------------------------


def waiting_proposal(letter: Letter) -> SignatureProposal | None:
    """The proposal of a draft that waits for the town hall."""
    rows = SignatureProposal.objects.select_related("proposed_by")
    return rows.filter(letter=letter, state=State.WAITING).first()


def proposals_of_letter(letter: Letter) -> Sequence[SignatureProposal]:
    """Every proposal of a letter, the latest first."""
    rows = SignatureProposal.objects.filter(letter=letter)
    return list(rows.select_related("proposed_by", "settled_by"))


def may_send_back(permit: Permit, rights: Rights) -> bool:
    """Whether the asker signs for the commune of the file."""
    return rights.roles.get(permit.owner_id) == Role.TOWN_HALL and permit.insee in rights.town_insee


def visible_proposals(rights: Rights) -> QuerySet[SignatureProposal]:
    """Those of the files that the asker instructs, and of their town hall's communes; nobody else sees any."""
    rows = SignatureProposal.objects.select_related("permit", "letter", "proposed_by", "settled_by").defer(*HEAVY)
    if rights.agency:
        return rows
    instructed = [member for member, role in rights.roles.items() if role in INSTRUCTS]
    of_town = Q(permit__owner_id__in=rights.town_halls(), permit__insee__in=sorted(rights.town_insee))
    return rows.filter(Q(permit__owner_id__in=instructed) | of_town)


def sees_proposals(rights: Rights) -> bool:
    """Whether the list is anything to the asker."""
    return rights.agency or bool(rights.town_halls()) or any(role in INSTRUCTS for role in rights.roles.values())


def drafts_to_sign(rights: Rights, most: int = 20) -> Sequence[SignatureProposal]:
    """The drafts that are proposed to the asker's town halls, the last first."""
    if not rights.town_halls():
        return ()
    rows = visible_proposals(rights).filter(permit__owner_id__in=rights.town_halls(), state=State.WAITING)
    return list(rows.filter(letter__state=Letter.State.DRAFT)[:most])


def proposals_of_file(permit: Permit, rights: Rights) -> list[tuple[SignatureProposal, str, bool]]:
    """What was proposed of a file, the latest first: each with its letter's kind, and whether the asker may open it.

    Nothing is asked of the database about a file of which it is known that nothing was (`permit_seen_by`).
    """
    if not getattr(permit, "was_proposed", True):
        return []
    rows = visible_proposals(rights).filter(permit=permit)
    return [(one, str(kind_of(one.kind).name), may_open(one, rights)) for one in rows]


# -- the list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureQuery(ListQuery):
    """Which proposals: of a state, a commune, a file's number or its beginning."""

    number: str = parameter(label=gettext_lazy("Number"), read=read_number, placeholder="PC 045 901 26", default="")
    state: str = choice(
        gettext_lazy("State"),
        lambda _rights: State.choices,
        every=gettext_lazy("All states"),
        allowed=lambda: State.values,
        enum=tuple(State.values),
    )
    insee: str = choice(gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5)


@dataclass(frozen=True, slots=True)
class Beside:
    """What lines of proposals need beside themselves: names of communes, the letters that the asker may open."""

    communes: dict[str, str]
    readable: frozenset[int]


def proposals(query: SignatureQuery, rights: Rights) -> QuerySet[SignatureProposal]:
    rows = visible_proposals(rights)
    if query.number:
        rows = rows.filter(permit__number__startswith=query.number)
    if query.state:
        rows = rows.filter(state=query.state)
    return rows.filter(permit__insee=query.insee) if query.insee else rows


def beside(rows: Sequence[SignatureProposal], rights: Rights) -> Beside:
    """Names of communes; an instructor opens each letter that is still there, a town hall those that wait or are final.

    PostgreSQL gives no letter that names an applicant to who may not read applicants: `letter` is None there.
    """
    names = Commune.objects.filter(insee__in={one.permit.insee for one in rows}).values_list("insee", "name")
    return Beside(dict(names), frozenset(one.pk for one in rows if may_open(one, rights)))


def may_open(one: SignatureProposal, rights: Rights) -> bool:
    """Whether the page of the letter answers the asker."""
    if one.letter is None:
        return False
    open_to_town = one.state == State.WAITING or one.letter.state == Letter.State.FINAL
    return open_to_town or rights.has_role(one.permit.owner_id, INSTRUCTS)


def number_cell(one: SignatureProposal, related: Beside) -> Cell:
    commune = related.communes.get(one.permit.insee, one.permit.insee)
    address = reverse("permit", args=[one.permit.number])
    return Cell(format_number(one.permit.number), href=address, tone="number", lines=(Line(commune),))


def letter_label(one: SignatureProposal, _beside: Beside) -> str:
    return str(kind_of(one.kind).name)


def letter_cell(one: SignatureProposal, related: Beside) -> Cell:
    """The letter by its kind, and the number of a final one."""
    label = letter_label(one, related)
    if one.pk not in related.readable:
        gone = () if one.letter_id else (Line(_("the draft was thrown away")),)
        return Cell(label, lines=gone)
    address = reverse("permit_letter", args=[one.permit.number, one.letter_id])
    return Cell(label, href=address, lines=(Line(one.letter.number),) if one.letter and one.letter.number else ())


def proposed_cell(one: SignatureProposal, _beside: Beside) -> Cell:
    return Cell(day=one.proposed_at, lines=(Line(str(one.proposed_by or "—")),))


def state_cell(one: SignatureProposal, _beside: Beside) -> Cell:
    """The state; since when and by whom, with the reason of a town hall."""
    lines = []
    if one.settled_at:
        lines.append(Line(f"{format_day(one.settled_at)} · {one.settled_by or '—'}"))
    if one.settled_reason:
        lines.append(Line(_("“%(reason)s”") % {"reason": one.settled_reason}))
    return Cell(one.get_state_display(), lines=tuple(lines))


SIGNATURES: Final = Listing(
    name="signatures",
    title=gettext_lazy("Drafts proposed for signature"),
    query=SignatureQuery,
    rows=proposals,
    columns=(
        Column("number", gettext_lazy("Number"), value=lambda one, _beside: format_number(one.permit.number),
               cell=number_cell, heading=gettext_lazy("Application"), sort="permit__number"),
        Column("letter", gettext_lazy("Letter"), value=letter_label, cell=letter_cell, sort="kind"),
        Column("proposed", gettext_lazy("Proposed on"), "datetime", "proposed_at", cell=proposed_cell,
               sort="proposed_at"),
        Column("state", gettext_lazy("State"), value=lambda one, _beside: one.get_state_display(), cell=state_cell,
               sort="state"),
    ),
    related=beside,
    key=lambda one: str(one.pk),
    caption=gettext_lazy("Drafts proposed for signature, the last first"),
    count=lambda count: ngettext("%(count)s proposal", "%(count)s proposals", count) % {"count": count},
    nothing=gettext_lazy("No draft was proposed for signature yet. One is proposed on the page of its letter."),
    none_match=gettext_lazy("No proposal fits these filters."),
)  # fmt: skip
