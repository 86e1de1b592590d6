"""The letter of a notice: one text for every door, with the member's letterhead and a number; and the round of the
addresses that nobody is reached at."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.files.writing.csvtext import csv_file_of_cells
from gis_core.files.writing.paper import typeset
from gis_core.letters import services as core
from gis_core.letters.blocks import blocks_of
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights
from gis_core.models import Letter
from networks.notifications.kinds import ABOUT, code_of
from networks.notifications.models import Notice
from networks.notifications.services.notices import check_may_write
from networks.notifications.services.recipients import Line, lines_of
from networks.notifications.texts import check_whole, notice_field_values, texts_of

RECIPIENT = "Aux habitants et usagers concernés"
MOST_ON_PAPER = 1_000
STYLES = Path(__file__).parents[1] / "round.css"
HEADER = ("adresse", "logements", "usager sensible", "branchement", "prevenus par SMS", "prevenus par courriel")


def letter_of(notice: Notice, rights: Rights) -> Letter | None:
    """The numbered letter, once it was made."""
    letters = Letter.objects.visible_to(rights).about(ABOUT, str(notice.pk)).filter(owner=notice.owner_id)
    return letters.light().first()


@transaction.atomic
def number_letter(notice: Notice, *, rights: Rights) -> Letter:
    """Make the letter final under the next number; once. Raises Forbidden, Invalid (a place to complete)."""
    check_may_write(notice.owner_id, rights)
    Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if made := letter_of(notice, rights):
        return made
    texts = texts_of(notice)
    check_whole(texts, sms=False, other=True)
    about = core.About(owner=notice.owner, insee="", kind=ABOUT, key=str(notice.pk))
    kind = kind_of(code_of(notice.kind, sms=False))
    begun = core.begin(about, kind, values=notice_field_values(notice), recipient=RECIPIENT, rights=rights)
    said = {"title": texts.title, "body": texts.body, "recipient": RECIPIENT, "signatory": begun.signatory}
    changed = core.change(begun, texts=said, version=begun.version)
    return core.finalise(changed, version=changed.version, rights=rights)


def letter_pdf(notice: Notice, rights: Rights) -> tuple[bytes, str]:
    """The PDF file of the letter, as it was numbered or as a draft, and how it is called."""
    if made := letter_of(notice, rights):
        return core.files_of(made, "pdf"), made.number or ""
    texts, head = texts_of(notice), core.letterhead_of(notice.owner)
    document = Document(**core.around(head), recipient=RECIPIENT, title=texts.title, body=blocks_of(texts.body),
                        signatory=head.signatory)  # fmt: skip
    return pdf_of(document), _("draft-letter")


# -- the round --------------------------------------------------------------------------------------------------------


def round_csv(notice: Notice, rights: Rights, *, alone: bool) -> bytes:
    """The addresses of a notice as a spreadsheet opens them, sensitive users first."""
    lines, _total = lines_of(notice, rights, most=None, alone=alone)
    return table_of(HEADER, [row_of(line) for line in lines])


def row_of(line: Line) -> Sequence[str | int]:
    one = line.target
    return one.address, one.dwellings or "", one.sensitive, one.connection, line.sms, line.email


def table_of(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """CSV as spreadsheets open it; a telephone number (`+33…`) stays a text."""
    return csv_file_of_cells([header, *rows], keep_numbers=False)


def round_pdf(notice: Notice, rights: Rights) -> bytes:
    """The addresses that nobody is reached at, to be ticked off at the doors, sensitive users first."""
    lines, total = lines_of(notice, rights, most=MOST_ON_PAPER, alone=True)
    with override("fr"):
        context = {"notice": notice, "lines": lines, "total": total, "more": total - len(lines), "owner": notice.owner}
        return typeset(render_to_string("notifications/round.html", context), STYLES, {}, variant="pdf/ua-1")
