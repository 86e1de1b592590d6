"""The record of a review of rights: a PDF file set as letters are, in French whoever closes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_core.letters.blocks import blocks_of
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.services import around, letterhead_of
from gis_core.long_dates import format_long_date
from gis_core.models import ReviewedPerson, RightsReview

MARKS = re.compile(r"[\\|*#\[]")


def pdf_of_review(review: RightsReview, people: Sequence[ReviewedPerson]) -> bytes:
    """The PDF file (PDF/UA-1) of a review that is being closed: who was confirmed by whom, and what came of it."""
    with translation.override("fr"):
        document = Document(
            **around(letterhead_of(review.owner)),
            day=timezone.localdate(review.closed_at),
            number=_("Review of rights no. %(number)s") % {"number": review.pk},
            title=_("Record of the review of rights of %(member)s") % {"member": review.owner.name},
            body=blocks_of("\n\n".join((summary(review, people), table(people)))),
            signatory=str(review.closed_by) if review.closed_by else _("Closed by itself at the end of its last day"),
            is_act=True,
        )
        return pdf_of(document)


def summary(review: RightsReview, people: Sequence[ReviewedPerson]) -> str:
    answers = [one.answer for one in people]
    lines = [
        _("Begun: %(at)s, by %(who)s") % {"at": moment(review.started_at), "who": started_by(review)},
        _("Last day: %(day)s") % {"day": format_long_date(review.last_date, "j F Y")},
        _("Closed: %(at)s") % {"at": moment(review.closed_at)},
        _("People: %(n)s") % {"n": len(people)},
        *(f"{plain(str(answer.label))} : {answers.count(answer.value)}" for answer in ReviewedPerson.Answer),
    ]
    others = (
        _("Whoever was not confirmed: access ended.")
        if review.ends_others
        else _("Whoever was not confirmed: listed, access unchanged.")
    )
    return "\n".join(f"- {line}" for line in [*lines, others])


def started_by(review: RightsReview) -> str:
    return plain(str(review.started_by)) if review.started_by else _("the yearly date of the member")


def table(people: Sequence[ReviewedPerson]) -> str:
    heads = (_("Person"), _("Role"), _("Last sign-in"), _("Answer"), _("By"), _("What came of it"))
    rows = [heads, *(cells(one) for one in people)]
    return "\n".join("| " + " | ".join(plain(cell) or "—" for cell in row) + " |" for row in rows)


def cells(one: ReviewedPerson) -> Sequence[str]:
    role = one.get_role_display() + (f" ({one.communes})" if one.communes else "")
    answer = one.get_answer_display()
    if one.new_role:
        answer = f"{answer} : {one.get_new_role_display()}"
    seen = format_long_date(one.last_login, "j N Y") if one.last_login else ""
    by = f"{one.answered_by}, {moment(one.answered_at)}" if one.answered_by else ""
    return (f"{one.name} {one.email}" if one.email != one.name else one.name, role, seen, answer, by, one.outcome)


def moment(at: datetime | None) -> str:
    return format_long_date(timezone.localtime(at), "j N Y H:i") if at else ""


def plain(text: str) -> str:
    """A text that means itself in the markup of letters."""
    return MARKS.sub(r"\\\g<0>", " ".join(text.split()))
