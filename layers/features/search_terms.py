"""Text as the search compares it: lower case, no accents, no punctuation, a space before every word."""

import re
import unicodedata

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
NOT_WORD = re.compile(r"[^0-9a-z]+")
SHORTEST_NAME = 3
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def split_terms(text: str) -> list[str]:
    """The words of a text: "L'Église St-Jean" gives l, eglise, saint, jean."""
    flat = unicodedata.normalize("NFKD", text.translate(LIGATURES)).lower()
    bare = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return [SAINTS.get(word, word) for word in NOT_WORD.split(bare) if word]


def search_text(*texts: object) -> str:
    """What a `search_text` column holds: a space before every word, so that ` word` finds beginnings."""
    return "".join(f" {word}" for text in texts if text not in (None, "") for word in split_terms(str(text)))


def is_name(text: str) -> bool:
    """Whether a text may be somebody's name: words without digits, one of three letters at least."""
    return not any(letter.isdigit() for letter in text) and any(
        len(word) >= SHORTEST_NAME for word in split_terms(text)
    )
