"""Whether an order tells who asked: what is refused, and what a person looks at before everybody reads it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.letters.services import letterhead_of
from gis_core.models import Letter
from layers.features.search_terms import split_terms as terms_of
from networks.roadworks.models import WorkRequest

TITLES: Final = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"})
NO_NAMES: Final = frozenset({"des", "les", "del", "von", "van", "consorts", "indivision", "famille", "epoux", "epouse"})
"""What stands in names and names nobody."""
SHORTEST: Final = 3
POSTCODE: Final = re.compile(r"\b\d{5}\b")
HEADING: Final = re.compile(r"^#+ ", re.MULTILINE)
WORD: Final = re.compile(r"[^\W_]+")
CONTACT: Final = re.compile(
    r"[^\s@<>()\[\],;:«»“”]+@[^\s@<>()\[\],;:«»“”]+\.[a-z]{2,}"
    r"|(?<![\d+])(?:(?:\+|00)\d{1,3}|0)[ .-]?(?:\(0\))?[ .-]?[1-9](?:[ .-]?\d){8}(?!\d)",
    re.IGNORECASE,
)
"""An e-mail address, or a telephone number as it is written in France or with the code of a country."""
COURTESY: Final = re.compile(
    r"\bMM?\.?\s+(?=[A-ZÀ-Ý])|\b(?i:mrs?|mmes?|mlles?|messieurs|monsieur|mesdames|madame|mademoiselle|chez|famille|consorts"
    r"|indivision|[ée]poux|[ée]pouse|propri[ée]t[ée]|propri[ée]taires?)\b"
)
"""What somebody's name follows, be it not who asked."""
AROUND: Final = 40
MOST_DOUBTS: Final = 12


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may tell who somebody is, and the words around it."""

    said: str
    before: str
    after: str


def read_by_all(one: WorkRequest, letter: Letter) -> Iterator[tuple[str, str]]:
    """What everybody reads of an order, by the field that it stands in, without its markup."""
    for name in ("title", "body", "signatory"):
        yield name, " ".join(HEADING.sub("", getattr(letter, name)).replace("\\", "").split())
    yield "place", (one.work and one.work.located) or one.place


# -- what is refused --------------------------------------------------------------------------------------------------


def check_names_nobody(one: WorkRequest, letter: Letter) -> None:
    """An order is read by everybody: its words do not name the person who asked. Raises Invalid."""
    if one.is_company:
        return
    for name, text in read_by_all(one, letter):
        if person := person_in(text, one):
            message = _(
                "The order is published and names the person who asked (“%(named)s”): write “le bénéficiaire” instead;"
                " their name stays in the recipient, which is not published."
            )
            raise Invalid(message % {"named": person}, parameter=name)
        if address := home_in(text, one):
            message = _(
                "The order is published and says where the person who asked lives (“%(address)s”): take the address"
                " out. Where the works are at their home, write it as the place of the request, on its sheet."
            )
            raise Invalid(message % {"address": address}, parameter=name)


def may_name(text: str, one: WorkRequest) -> bool:
    """Whether words of a request may tell who asked, or anybody else: nobody looks at them before they are taken."""
    names_somebody = not one.is_company and bool(person_in(text, one) or home_in(text, one))
    return names_somebody or bool(
        telling_parts(one).intersection(terms_of(text)) or COURTESY.search(text) or CONTACT.search(text)
    )


def telling_parts(one: WorkRequest) -> set[str]:
    """The parts of a person's name that may tell who it is where they stand alone."""
    return set() if one.is_company else {part for part in parts_of(one) if len(part) >= SHORTEST} - NO_NAMES


def parts_of(one: WorkRequest) -> list[str]:
    return [part for part in terms_of(one.applicant_name) if part not in TITLES]


def person_in(text: str, one: WorkRequest) -> str:
    """What in a text tells who asked: the name, however it is written, “M. Name”, the e-mail, the telephone."""
    said, parts = terms_of(text), parts_of(one)
    for first, second in pairwise(said):
        if first in TITLES and second in parts:
            return f"{first} {second}"
        if first != second and {first, second} <= set(parts):
            return one.applicant_name
    if len(parts) == 1 and parts[0] in said:
        return one.applicant_name
    if one.applicant_email and one.applicant_email.lower() in text.lower():
        return one.applicant_email
    digits = "".join(filter(str.isdigit, one.applicant_phone))[-9:]
    if len(digits) == 9 and digits in "".join(filter(str.isdigit, text)):
        return one.applicant_phone
    return ""


def home_in(text: str, one: WorkRequest) -> str:
    """The address of who asked, but for the place of the request: where the works are is not who asked."""
    said, place = terms_of(text), terms_of(one.place)
    for line in one.applicant_address.splitlines():
        for part in POSTCODE.split(line):
            address = terms_of(part)
            whole = len(address) > 2 and any(word.isdigit() for word in address)
            if whole and in_order(address, said) and not in_order(address, place):
                return part.strip(" ,")
    return ""


def in_order(parts: Sequence[str], said: Sequence[str]) -> bool:
    return f" {' '.join(parts)} " in f" {' '.join(said)} "


# -- what is looked at ------------------------------------------------------------------------------------------------


def check_doubts(one: WorkRequest, letter: Letter, *, confirmed: bool) -> None:
    """A street may bear the applicant's name: whoever publishes says that nobody is named. Raises Invalid."""
    if confirmed:
        return
    if doubts := doubts_in(one, letter):
        message = _(
            "Check what may name somebody before everybody reads it, and confirm that it names nobody: %(said)s."
        )
        raise Invalid(
            message % {"said": ", ".join(dict.fromkeys(doubt.said for doubt in doubts))}, parameter="confirmed"
        )


def doubts_in(one: WorkRequest, letter: Letter) -> list[Doubt]:
    """A part of the person's name that stands alone, any telephone or e-mail but those of the letterhead."""
    parts = telling_parts(one)
    head = letterhead_of(letter.owner)
    ours = f"{head.appeals}\n{head.contact}\n{head.address}".lower()
    doubts: dict[Doubt, None] = {}
    for _name, text in read_by_all(one, letter):
        matching = [word for word in WORD.finditer(text) if parts.intersection(terms_of(word[0]))]
        reached = [reach for reach in CONTACT.finditer(text) if reach[0].lower() not in ours]
        for said in sorted((*matching, *reached), key=re.Match.start):
            before, after = text[: said.start()][-AROUND:], text[said.end() :][:AROUND]
            doubts[Doubt(said[0], before, after)] = None
    return list(doubts)[:MOST_DOUBTS]
