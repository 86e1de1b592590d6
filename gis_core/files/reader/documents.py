"""Documents (PDF, DOCX, ODT) as the restricted reader tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("pdf", "docx", "odt")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file is; `active` says that it holds scripts or files of its own. Only a PDF has `pages` and an `outline`
    (titles, each with its page from 1)."""

    kind: str
    pages: int
    active: bool
    outline: tuple[tuple[str, int], ...] = ()


def parse_document(answer: Mapping[str, Any]) -> Document:
    """The answer of the child, distrusted."""
    info = answer["info"]
    if info["kind"] not in KINDS:
        raise ValueError("unknown kind")
    outline = tuple((str(title), int(page)) for title, page in info["outline"])
    return Document(kind=info["kind"], pages=int(info["pages"]), active=bool(info["active"]), outline=outline)
