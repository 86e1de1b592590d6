"""Which documents a file should hold, and what became of each: not received, asked for, refused, received."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils.translation import pgettext_lazy

from permits.models import Event, Permit, Piece
from permits.procedure import What
from permits.usual_documents import DOCUMENT_CODES, DocumentCode, code_in, list_required


class DocumentState(models.TextChoices):
    """Where an expected document stands."""

    MISSING = "missing", pgettext_lazy("piece", "Not received")
    REQUESTED = "requested", pgettext_lazy("piece", "Asked for")
    REFUSED = "refused", pgettext_lazy("piece", "Refused")
    RECEIVED = "received", pgettext_lazy("piece", "Received")


WAY = (DocumentState.MISSING, DocumentState.REQUESTED, DocumentState.REFUSED, DocumentState.RECEIVED)


@dataclass(slots=True)
class ExpectedDocument:
    """A document that a file should hold. `name` is its code, or its words where it has none.

    `requested` and `received` are the last events that name it; `documents` those attached under its code.
    """

    name: str
    code: DocumentCode | None = None
    required: bool = False
    documents: list[Piece] = field(default_factory=list)
    requested: Event | None = None
    received: Event | None = None

    @property
    def label(self) -> str:
        return self.code.label if self.code else self.name

    @property
    def state(self) -> DocumentState:
        """What happened last decides; of one instant, the later step of a document's way."""
        facts = sorted(self.list_facts(), key=lambda fact: (fact[0], WAY.index(fact[1])))
        return facts[-1][1] if facts else DocumentState.MISSING

    def list_facts(self) -> Iterable[tuple[datetime, DocumentState]]:
        if self.requested:
            yield self.requested.recorded_at, DocumentState.REQUESTED
        if self.received:
            yield self.received.recorded_at, DocumentState.RECEIVED
        for document in self.documents:
            if document.refused_at:
                yield document.refused_at, DocumentState.REFUSED
            else:
                yield document.added_at, DocumentState.RECEIVED


def list_expected(permit: Permit, events: Sequence[Event], documents: Iterable[Piece]) -> list[ExpectedDocument]:
    """What every file of its kind holds, what was asked for, and what was attached under a code.

    A modification or a transfer holds what it changes: nothing is required of it before it is asked for.
    """
    required = () if permit.parent_id else list_required(permit.kind)
    expected = {one.code: ExpectedDocument(one.code, one, required=True) for one in required}

    def entry(name: str) -> ExpectedDocument:
        key = code_in(name) or name
        return expected.setdefault(key, ExpectedDocument(key, DOCUMENT_CODES.get(key)))

    for row in sorted(events, key=lambda row: (row.recorded_at, row.pk)):
        if row.struck_at is not None:
            continue
        for name in row.detail.get("pieces", ()):
            if row.what == What.DOCUMENTS_REQUESTED:
                entry(name).requested = row
            elif row.what == What.DOCUMENTS_RECEIVED:
                entry(name).received = row
    for document in documents:
        if document.code and document.removed_at is None:
            entry(document.code).documents.append(document)
    return sort_expected(expected.values())


def sort_expected(expected: Iterable[ExpectedDocument]) -> list[ExpectedDocument]:
    """In the order of the slip, then those without a code."""
    ranks = {code: rank for rank, code in enumerate(DOCUMENT_CODES)}
    return sorted(expected, key=lambda one: ranks.get(one.name, len(ranks)))


def count_received(expected: Iterable[ExpectedDocument]) -> tuple[int, int]:
    """How many are received, of how many."""
    states = [one.state for one in expected]
    return states.count(DocumentState.RECEIVED), len(states)
