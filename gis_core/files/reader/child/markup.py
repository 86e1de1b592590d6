"""XML read through before GDAL sees it: whole, without entities of its own, not nested without end."""

from xml.parsers import expat

from .files import regular
from .trouble import Trouble

CHUNK = 1 << 20
DEPTH = 500
# What expat says at the end of a document that goes on.
CUT_OFF = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def check_xml(name: str, most: int | None = None) -> None:
    """Raise Trouble for a document that is cut off or wrong, or has a DTD, which could lead elsewhere or explode; for
    one of more than `most` elements.
    """
    depth = count = 0

    def open_element(_name: str, _attributes: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEPTH:
            raise Trouble("too_deep_anywhere")
        if most is not None and count > most:
            raise Trouble("xml_too_many_elements", limit=most)

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = open_element, close_element
    try:
        with regular(name) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        cut = error.code in CUT_OFF
        where = {"line": error.lineno, "column": error.offset + 1}
        raise Trouble("truncated" if cut else "bad_xml", **where) from None


def _refuse_doctype(*_: object) -> None:
    raise Trouble("xml_doctype")
