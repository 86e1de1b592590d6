"""What a form says of the layers of a file: how each is read."""

from django.http import QueryDict

from layers.intake.looking import MOST_WORDS


def system_in(posted: QueryDict, place: int) -> int | None:
    """The EPSG code that is said of a layer, with or without its "EPSG:"; None where it is none."""
    text = posted.get(f"crs-{place}", "").upper().removeprefix("EPSG:").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def words_in(posted: QueryDict, place: int, name: str) -> dict[str, str]:
    """The codes that are said of the words of a field of a layer."""
    found = {}
    for number in range(MOST_WORDS):
        code = posted.get(f"word-{place}-{name}-{number}")
        if code is None:
            break
        found[posted.get(f"word-{place}-{name}-{number}-text", "")] = code
    return found
