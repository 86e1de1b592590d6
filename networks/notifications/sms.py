"""How long a text message is: its alphabet, its characters, the messages that it is cut into (3GPP TS 23.038, 23.040).

Pure. In the GSM 7-bit alphabet "é" is one character and "€" two; one character that is not in it ("ê", "’") makes the
whole message UCS-2, with less than half as many characters.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_PART, UCS2_ALONE, UCS2_PART = 160, 153, 70, 67
MOST_PARTS = 6
"""A longer message is refused: nobody reads it, and gateways cut it."""
PLAIN = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-", "•": "-", "°": "o", "²": "2", "³": "3", "\t": " ",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """`characters` as the alphabet counts them, `capacity` how many fit into so many `parts`; `foreign` are the
    characters because of which it is UCS-2."""

    alphabet: str
    characters: int
    parts: int
    capacity: int
    foreign: tuple[str, ...] = ()


def length_of(text: str) -> Length:
    foreign = tuple(dict.fromkeys(one for one in text if one not in BASIC and one not in EXTENDED))
    if foreign:
        sizes = [2 if ord(one) > 0xFFFF else 1 for one in text]
        return measure_parts("UCS-2", sizes, UCS2_ALONE, UCS2_PART, foreign)
    return measure_parts("GSM-7", [2 if one in EXTENDED else 1 for one in text], GSM_ALONE, GSM_PART, ())


def measure_parts(alphabet: str, sizes: Sequence[int], alone: int, part: int, foreign: tuple[str, ...]) -> Length:
    """No character is cut in two: one that does not fit begins the next part."""
    total = sum(sizes)
    if total <= alone:
        return Length(alphabet, total, 1 if total else 0, alone, foreign)
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > part:
            parts, filled = parts + 1, 0
        filled += size
    return Length(alphabet, total, parts, parts * part, foreign)


def to_gsm(text: str) -> str:
    """The same words in the GSM alphabet: other accents go (« fenêtre » becomes « fenetre »)."""
    return "".join(plain_character(one) for one in text.translate(PLAIN))


def plain_character(one: str) -> str:
    if one in BASIC or one in EXTENDED:
        return one
    bare = "".join(part for part in unicodedata.normalize("NFKD", one) if not unicodedata.combining(part))
    return "".join(part for part in bare if part in BASIC or part in EXTENDED)
