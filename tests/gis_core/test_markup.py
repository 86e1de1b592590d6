"""XML of others: read, or refused at once."""

import pytest

from gis_core.errors import Invalid
from gis_core.files.markup import DEEPEST, parse_xml
from tests.counting import calls

LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
EXTERNAL = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>"""
PARAMETER = b"""<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]><x/>"""


def test_names_have_no_namespace() -> None:
    root = parse_xml(b'<w:a xmlns:w="urn:w" xmlns:xlink="urn:x"><w:b xlink:href="c">d</w:b></w:a>')
    assert (root.tag, root[0].tag, root[0].get("href"), root[0].text) == ("a", "b", "c", "d")


def test_a_document_type_alone_is_read_and_not_fetched() -> None:
    assert parse_xml(b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis/>").tag == "qgis"


@pytest.mark.parametrize("content", [LAUGHS, EXTERNAL, PARAMETER])
def test_entities_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="n’est pas lu ici"):
        parse_xml(content)


def test_endless_depth_is_refused_where_it_becomes_too_deep() -> None:
    def read() -> None:
        with pytest.raises(Invalid, match="n’est pas lu ici"):
            parse_xml(b"<a>" * 1_000_000)

    assert calls(read) < 20 * DEEPEST
    parse_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST)


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a></b>", b"\x00", b"pas du XML", b"<?xml version='1.0' encoding='utf-7'?><a/>"]
)
def test_what_is_no_xml_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        parse_xml(content)


def test_a_document_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Invalid, match="1 Mo au plus"):
        parse_xml(b"<a>" + b" " * 1_000_000 + b"</a>", most_bytes=1_000_000)
