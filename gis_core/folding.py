"""Words as searches compare them: lower case, no accents, no punctuation."""

import re
import unicodedata

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold_terms(text: str) -> list[str]:
    """The words of a text: "L'Église" gives l, eglise."""
    return [word for word in NOT_WORD.split(without_accents(text)) if word]


def without_accents(text: str) -> str:
    """A text in small letters without accents."""
    flat = unicodedata.normalize("NFKD", text.translate(LIGATURES)).lower()
    return "".join(letter for letter in flat if not unicodedata.combining(letter))
