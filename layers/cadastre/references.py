"""Parcel references as people write them: `45901 AB 123`, `section AB parcelle 123`, `901 AB 12`, `AB 12 Bray`, lists
of them, the 14- and 15-character identifiers.

Nothing here asks the plan: `layers.cadastre.resolving` says which parcels are meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from layers.features.search_terms import split_terms

INSEE = r"(?:\d{2}|2[AB])\d{3}"
IDENTIFIER = re.compile(rf"(?P<insee>{INSEE})(?P<prefix>\d{{3}})(?P<section>[0-9A-Z]{{2}})(?P<number>\d{{4}})")
LONG_IDENTIFIER = re.compile(r"(?P<department>\d{2}|2[AB])(?P<direction>\d)(?P<rest>\d{3}\d{3}[0-9A-Z]{2}\d{4})")
BEGINNING = re.compile(rf"{INSEE}\d{{3}}[0-9A-Z]{{0,2}}\d{{0,3}}")
APART = r"[\s./_–-]*"
SECTION = r"0?[A-Z]|[A-Z]{2}"
BODY = rf"(?:(?P<prefix>\d{{3}}){APART})?(?P<section>{SECTION}){APART}(?P<number>\d{{1,4}})"
BEFORE = rf"(?:(?P<code>(?:\d{{2}}|2[AB])\s?\d{{3}}){APART}|(?P<place>[^\d]*?[^\d\s])\s+)?"
AFTER = rf"(?:[\s,]*[\s,(]\s*(?P<after>{INSEE}|[^\d]*[^\d\s)])\s*\)?)?"
FLAGS = re.IGNORECASE | re.ASCII
REFERENCE = re.compile(BEFORE + BODY + AFTER, FLAGS)
LABELS = re.compile(
    r"\b(?:parcelles?|sections?|cadastr[ée]e?s?|cadastra(?:le|les|ux)|num[ée]ros?|nos|pr[ée]fixe)\b|n[°º]s?",
    re.IGNORECASE,
)
"""What people write around the parts of a reference."""
COMMUNE = re.compile(r"(?:[àa]\s+|sur\s+|[-–,]\s*)?(?:(?:la\s+)?commune\s+(?:de\s+|d['’]\s*))?", re.IGNORECASE)
ROAD_ENDINGS = {"P", "PR", "PK", "P.R", "P.K"}
"""`D 2020 PR` is about to become a place on a road."""
LINES = re.compile(r"[\n\r\t;]+")
PARTS = re.compile(
    rf"\s*,\s*|\s+(?:et|&|\+)\s+(?=(?:n[°º]s?\s*|num[ée]ros?\s+|parcelles?\s+)?(?:(?:{SECTION})\s*)?\d)", re.IGNORECASE
)
BARE = re.compile(
    r"\d{1,4}(?!\d)(?!\s*(?:bis|ter|rue|av|bd|boulevard|place|chemin|route|impasse|all[ée]e|quai)\b).*", FLAGS
)
"""A number that leaves out its section, with the commune of the list after it; no address."""
ONE = (
    rf"(?:\d{{5,6}}|2[AB]\d{{3,4}})\d{{3}}[0-9A-Z]{{2}}\d{{4}}|(?:{INSEE}\s+)?(?:\d{{3}}\s+)?(?:{SECTION})\s*\d{{1,4}}"
)
SEVERAL = re.compile(rf"(?:{ONE})(?:[\s/-]+(?:{ONE}))+(?P<after>\s+[^\d]*[^\d\s])?", FLAGS)
SLASHES = re.compile(
    rf"(?P<first>.*?(?:{SECTION})\s*\d{{1,4}})(?P<rest>(?:\s*/\s*\d{{1,4}})+)(?P<after>(?:\s+[^\d]*[^\d\s])?)", FLAGS
)
RANGE = re.compile(
    r"(?P<first>.*?(?P<low>\d{1,4}))\s*(?:à|au|jusqu['’]à)\s*(?P<high>\d{1,4})(?P<after>(?:[\s,(].*)?)", re.IGNORECASE
)
LONGEST_RANGE = 100
LONGEST_REFERENCE = 200
OVERSEAS = "97"


@dataclass(frozen=True, slots=True)
class Reference:
    """A parcel as far as the text names it. `idu` alone when the text is an identifier or its beginning.

    `section` is padded to two characters, `number` bare; `insee` is known from its code, else `place` holds the words
    of a commune's name, or `commune` the last three digits of its code (none: any commune).
    """

    idu: str | None = None
    insee: str | None = None
    place: tuple[str, ...] = ()
    prefix: str | None = None
    section: str = ""
    number: str = ""
    commune: str = ""

    @property
    def names_commune(self) -> bool:
        return bool(self.idu or self.insee or self.place or self.commune)


@dataclass(frozen=True, slots=True)
class ReferenceText:
    """A parcel of a list as it was typed, and what it may mean, the likeliest first; nothing where it is no parcel."""

    text: str
    meanings: tuple[Reference, ...] = ()


def read_reference(text: str) -> Reference | None:
    """The likeliest parcel reference that a text is, None when it is none or several."""
    meanings = read_meanings(text)
    return meanings[0] if meanings else None


def read_meanings(text: str) -> tuple[Reference, ...]:
    """What the text of one parcel may mean: `901 AB 12` has a prefix, or is of the commune 901 of a département."""
    if whole := read_identifier(text):
        return (whole,)
    reference = read_sentence(text)
    if reference is None:
        return ()
    if reference.prefix in (None, "000") or reference.names_commune:
        return (reference,)
    return reference, replace(reference, prefix=None, commune=str(reference.prefix))


def read_references(text: str) -> list[ReferenceText]:
    """The parcels of a list, each once: by lines, semicolons, tabs, commas, `et`, or blanks between whole references.

    On one line, what follows a reference may leave out its commune and its section (`Bray AB 12, AB 13, 14`,
    `AB 12/13`), one commune at the end is that of all, and `AB 12 à 15` are four.
    """
    lines = (re.sub(r"[\s\x00-\x1f\x7f]+", " ", line).strip(" .,") for line in LINES.split(text))
    return list(dict.fromkeys(one for line in lines if line for one in read_line(line)))


def read_line(line: str) -> list[ReferenceText]:
    """The parcels of a line without line ends."""
    if len(line) <= LONGEST_REFERENCE and (meanings := read_meanings(line)):
        return [ReferenceText(line, meanings)]
    parts, places = apart_from_places(split_line(line))
    result: list[ReferenceText] = []
    for part in parts:
        former = result[-1].meanings[0] if result and result[-1].meanings else None
        result += read_part(part[:LONGEST_REFERENCE], former)
    return with_commune(result, places)


def split_line(line: str) -> list[str]:
    parts = [part.strip() for part in PARTS.split(line) if part.strip()]
    return [one for part in parts for one in split_blanks(part)]


def split_blanks(part: str) -> list[str]:
    """Whole references one after the other, and numbers with strokes between them: `AB 12 AC 5 Bray`, `AB 12/13`."""
    if match := SLASHES.fullmatch(part):
        return [match["first"] + match["after"], *re.findall(r"\d+", match["rest"])]
    match = SEVERAL.fullmatch(part)
    if match is None:
        return [part]
    *references, last = (one[0] for one in re.finditer(ONE, part, FLAGS))
    return [*references, last + (match["after"] or "")]


def apart_from_places(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The parts that are no commune, and the communes that stand alone at either end of a list."""
    rest, places = list(parts), []
    for place in (0, -1):
        if len(rest) > 1 and (re.fullmatch(INSEE, rest[place], re.IGNORECASE) or not re.search(r"\d", rest[place])):
            places.append(rest.pop(place))
    return rest, places


def read_part(part: str, former: Reference | None) -> Iterator[ReferenceText]:
    """The parcels of a part of a line, after the reference that stands before it."""
    if former and former.section and BARE.fullmatch(bare := LABELS.sub(" ", part).strip()):
        part = f"{label_of(former)} {bare}"
    if match := RANGE.fullmatch(part):
        low, high = int(match["low"]), int(match["high"])
        first = read_alone(match["first"] + match["after"], former)
        if first and low < high < low + LONGEST_RANGE and not first[0].idu:
            for number in range(low, high + 1):
                meanings = tuple(replace(one, number=str(number)) for one in first)
                yield ReferenceText(f"{label_of(first[0])} {number}", meanings)
            return
    yield ReferenceText(part, read_alone(part, former))


def read_alone(part: str, former: Reference | None) -> tuple[Reference, ...]:
    meanings = read_meanings(part)
    if former and len(meanings) == 1 and not meanings[0].names_commune:
        one = meanings[0]
        return (replace(one, insee=former.insee, place=former.place, commune=former.commune),)
    return meanings


def with_commune(references: list[ReferenceText], places: Sequence[str]) -> list[ReferenceText]:
    """Those of a list that name no commune lie in the one that stands alone, or that the last of them names."""
    communes = [one for place in places for one in read_meanings(f"{place} A 1")]
    if not communes and references and re.match(BODY, references[-1].text, FLAGS):
        communes = [one for one in references[-1].meanings if one.insee or one.place]
    if not communes:
        return references
    insee, place = communes[0].insee, communes[0].place
    return [
        ReferenceText(
            one.text,
            tuple(each if each.names_commune else replace(each, insee=insee, place=place) for each in one.meanings),
        )
        for one in references
    ]


def label_of(reference: Reference) -> str:
    """The section as it is read, after its prefix."""
    return " ".join(filter(None, (reference.prefix, reference.section.lstrip("0"))))


def read_identifier(text: str) -> Reference | None:
    """A whole identifier of 14 or 15 characters, or the beginning of the former from its prefix on."""
    packed = re.sub(r"[\s./_-]", "", text).upper()
    if not packed.isascii():
        return None
    if IDENTIFIER.fullmatch(packed) or BEGINNING.fullmatch(text.upper()):
        return Reference(idu=packed)
    short = without_direction(packed)
    return Reference(idu=short) if short else None


def whole_identifier(text: str) -> str | None:
    """The 14 characters of a whole identifier written with 14 or 15, None when it is none."""
    packed = re.sub(r"[\s./_-]", "", text[:60]).upper()
    if not packed.isascii():
        return None
    return packed if IDENTIFIER.fullmatch(packed) else without_direction(packed)


def without_direction(packed: str) -> str | None:
    """The 14 characters of a 15-character identifier (département, direction, commune...), None when it is not one.

    The direction is a digit; overseas it is the commune code's first (974 is département 97, direction 4).
    """
    match = LONG_IDENTIFIER.fullmatch(packed)
    if match is None or (match["department"] == OVERSEAS and match["direction"] != match["rest"][0]):
        return None
    short = match["department"] + match["rest"]
    return short if IDENTIFIER.fullmatch(short) else None


def read_sentence(text: str) -> Reference | None:
    """Section and number, before or after the commune's code or name where it is given."""
    plain = re.sub(r"\s+", " ", LABELS.sub(" ", text)).strip(" .,")
    match = REFERENCE.fullmatch(plain)
    if match is None:
        return None
    before, after = (match["code"] or match["place"] or "").strip(" ,-"), match["after"] or ""
    if (before and after) or after.upper().strip(".") in ROAD_ENDINGS:
        return None
    section, number = match["section"].upper().zfill(2), match["number"].lstrip("0") or "0"
    insee, place = read_commune(before or after)
    return Reference(insee=insee, place=place, prefix=match["prefix"], section=section, number=number)


def read_commune(text: str) -> tuple[str | None, tuple[str, ...]]:
    """INSEE code, or the words of a name."""
    code = text.replace(" ", "").upper()
    if re.fullmatch(INSEE, code):
        return code, ()
    return None, tuple(split_terms(COMMUNE.sub("", text, count=1)))


def number_patterns(number: str) -> list[str]:
    """LIKE patterns of the padded numbers that begin with the typed digits, exact first: 12 is 0012, 012_, 12__."""
    return [number.rjust(4 - blanks, "0") + "_" * blanks for blanks in range(5 - len(number))]
