"""Text as the search compares it: lower case, no accents, no punctuation, a space before every word."""

from gis_core.folding import fold_terms

SHORTEST_NAME = 3
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def split_terms(text: str) -> list[str]:
    """The words of a text: "L'Église St-Jean" gives l, eglise, saint, jean."""
    return [SAINTS.get(word, word) for word in fold_terms(text)]


def search_text(*texts: object) -> str:
    """What a `search_text` column holds: a space before every word, so that ` word` finds beginnings."""
    return "".join(f" {word}" for text in texts if text not in (None, "") for word in split_terms(str(text)))


def is_name(text: str) -> bool:
    """Whether a text may be somebody's name: words without digits, one of three letters at least."""
    return not any(letter.isdigit() for letter in text) and any(
        len(word) >= SHORTEST_NAME for word in split_terms(text)
    )
