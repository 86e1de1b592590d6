"""The text of a regulation cut in titles and contents: SRU level 1, XML or JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any
from xml.etree.ElementTree import Element

from simulation.engine.catalogue import fold

GENERAL = {"porteegenerale", ""}
BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "br"}
DEEPEST = 40
FEWEST_LETTERS = 15
TITLES = " › "
LONGEST_TITLE, LONGEST_START = 60, 60


class RegulationError(ValueError):
    """What was sent is no regulation of level 1: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Content:
    """A content, with the titles above it; `zones` is empty for what is of every zone."""

    identifier: str
    title: str
    zones: tuple[str, ...]
    text: str

    @property
    def label(self) -> str:
        """Its own title and its first words, short, to choose it among the others."""
        title = self.title.rpartition(TITLES)[2]
        start = " ".join(line for line in self.text.split("\n") if fold(line) != fold(title))
        short = shorten(title, LONGEST_TITLE, placeholder="…"), shorten(start, LONGEST_START, placeholder="…")
        return " — ".join(filter(None, short))

    def is_of(self, zone: str) -> bool:
        """Whether it is of every zone, of this one, or of the zone of which this one is a sector (UGa is of UG)."""
        return not self.zones or any(fold(zone) == fold(one) or is_sector(zone, one) for one in self.zones)

    def as_json(self) -> dict[str, Any]:
        return {"id": self.identifier, "title": self.title, "zones": list(self.zones), "text": self.text}


def content_with(contents: Sequence[Content], sentence: str) -> str:
    """The identifier of the only content that has these words, "" where none or several have them, or they are few."""
    sought = fold(sentence)
    if len(sought) < FEWEST_LETTERS:
        return ""
    having = [one.identifier for one in contents if sought in fold(one.text)]
    return having[0] if len(having) == 1 else ""


def is_sector(zone: str, of: str) -> bool:
    """Whether a label is that of a zone and then a small letter: UGa, UGb1."""
    return bool(of) and zone.startswith(of) and zone[len(of) :][:1].islower()


@dataclass(frozen=True, slots=True)
class Regulation:
    """A regulation, and the planning document of which it is."""

    idurba: str
    name: str
    url: str
    contents: Sequence[Content] = field(default_factory=tuple)


def read_xml(root: Element) -> Regulation:
    """The regulation of a parsed XML document (names without namespaces). Raises RegulationError."""
    if not root.tag.lower().startswith("reglement"):
        raise RegulationError("no_regulation")
    contents = [one for title in root if title.tag == "Titre" for one in contents_of(title, ())]
    return regulation(root.attrib, contents)


def regulation(values: Mapping[str, Any], contents: Sequence[Content]) -> Regulation:
    if not contents:
        raise RegulationError("no_content")
    given = {fold(name): value for name, value in values.items() if isinstance(value, str)}
    return Regulation(given.get("idurba", "").strip(), given.get("nom", ""), given.get("lien", ""), contents)


def contents_of(title: Element, above: Sequence[str]) -> Iterator[Content]:
    titles = (*above, one_line(title.get("intitule", "")))
    for part in title:
        if part.tag == "Contenu":
            zones = zones_in(part.get("idZone") or title.get("idZone"))
            yield Content(part.get("id", ""), TITLES.join(filter(None, titles)), zones, text_of(part))
        elif part.tag == "Titre":
            yield from contents_of(part, titles)


def text_of(part: Element) -> str:
    """The words of a content, a line for each block."""
    lines = re.split(r"\n+", "".join(texts_of(part)))
    return "\n".join(line for line in map(one_line, lines) if line)


def texts_of(part: Element) -> Iterator[str]:
    block = part.tag in BLOCKS
    yield "\n" if block else ""
    yield part.text or ""
    for one in part:
        yield from texts_of(one)
        yield one.tail or ""
    yield "\n" if block else " "


def one_line(text: str) -> str:
    return " ".join(text.split())


def zones_in(given: Any) -> tuple[str, ...]:
    """The labels of the zones; none for what is general."""
    parts = given if isinstance(given, list) else re.split(r"[,;|\s]+", str(given or ""))
    labels = [str(one).strip() for one in parts]
    return () if any(fold(one) in GENERAL for one in labels) else tuple(labels)


def read_json(read: Any) -> Regulation:
    """The regulation of a JSON object. Raises RegulationError."""
    if not isinstance(read, dict) or not isinstance(read.get("titre"), list):
        raise RegulationError("no_regulation")
    return regulation(read, [one for title in read["titre"] for one in json_contents(title, ())])


def json_contents(title: Any, above: Sequence[str]) -> Iterator[Content]:
    if not isinstance(title, dict) or len(above) > DEEPEST:
        return
    titles = (*above, one_line(str(title.get("intitule", ""))))
    for part in objects(title.get("contenu")):
        text = "\n".join(
            filter(None, (one_line(line) for one in objects(part.get("html")) for line in json_texts(one)))
        )
        zones = zones_in(part.get("idZone") or title.get("idZone"))
        yield Content(str(part.get("idContenu", "")), TITLES.join(filter(None, titles)), zones, text)
    for one in objects(title.get("titre")):
        yield from json_contents(one, titles)


def json_texts(node: Mapping[str, Any], deep: int = 0) -> Iterator[str]:
    yield str(node.get("text") or "")
    if deep < DEEPEST:
        for one in objects(node.get("children")):
            yield from json_texts(one, deep + 1)


def objects(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
