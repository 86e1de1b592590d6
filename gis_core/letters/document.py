"""A letter as it is set: one document, which becomes HTML, PDF and DOCX. Letters are in French whoever writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.dateformat import format as date_format
from django.utils.translation import override

from gis_core.files.writing.paper import SCHEME, typeset
from gis_core.letters.blocks import Block

STYLES = Path(__file__).parent / "letter.css"
LOGO = f"{SCHEME}logo"
DRAFT = "PROJET — document de travail, sans valeur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Who writes, where and when, to whom, about what, and who signs. Without a number it is a draft."""

    sender: str
    address: str = ""
    contact: str = ""
    logo: bytes | None = None
    place: str = ""
    day: date | None = None
    number: str = ""
    recipient: str = ""
    title: str
    body: Sequence[Block]
    signatory: str = ""
    is_act: bool = False

    @property
    def heading(self) -> str:
        """What an act is; what another letter is about."""
        return self.title if self.is_act else f"Objet : {self.title}"

    @property
    def draft(self) -> bool:
        return not self.number

    @property
    def dated(self) -> str:
        """« Lorris, le 1er mars 2026 »; without the day in a draft."""
        day = format_day(self.day) if self.day else "…"
        return f"{self.place}, le {day}" if self.place else f"Le {day}"


def format_day(day: date) -> str:
    """« 1er mars 2026 »."""
    with override("fr"):
        rank = "1er" if day.day == 1 else str(day.day)
        return f"{rank} {date_format(day, 'F Y')}"


def pdf_of(document: Document) -> bytes:
    """The PDF file, tagged (PDF/UA-1)."""
    given = {"letter": document, "notice": DRAFT, "logo": LOGO if document.logo else ""}
    pictures = {LOGO: document.logo} if document.logo else {}
    return typeset(render_to_string("letters/letter.html", given), STYLES, pictures, variant="pdf/ua-1")
