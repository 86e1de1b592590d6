"""XML that others wrote: read without entities, without looking anything up, within limits."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from gis_core.errors import Invalid

MOST_BYTES = 8_000_000
MOST_ELEMENTS = 400_000
DEEPEST = 120
SEPARATOR = "\x1f"


class RefusedError(Exception):
    """The document declares an entity, or goes beyond the limits."""


def parse_xml(content: bytes, *, most_bytes: int = MOST_BYTES) -> Element:
    """The root of a document; names of elements and attributes without their namespace. Raises Invalid."""
    if len(content) > most_bytes:
        raise Invalid(_("The XML document is too large: %(most)s MB at most.") % {"most": most_bytes // 1_000_000})
    try:
        return Reader().read(content)
    except expat.ExpatError as error:
        message = _("The XML document is broken at line %(line)s.") % {"line": error.lineno}
        raise Invalid(message) from error
    except (RefusedError, ValueError, LookupError) as error:
        raise Invalid(
            _("The XML document holds what is not read here: entities, or too many or too deep elements.")
        ) from (error)


class Reader:
    """One parsing: expat fetches nothing, and every entity that a document declares stops it."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = self.elements = 0
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse

    def read(self, content: bytes) -> Element:
        self.parser.Parse(content, True)
        return self.builder.close()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise RefusedError
        self.builder.start(local(name), {local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(local(name))

    def refuse(self, *_declaration: object) -> int:
        raise RefusedError


def local(name: str) -> str:
    return name.rpartition(SEPARATOR)[2]
