"""The restricted reader on documents: real ones are told, others are refused in words, hostile ones end nothing."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from gis_core.files.reader import Document, Limits, ReadRefused, RestrictedReader
from tests.documents import docx, odt, pdf, pdf_of_objects

MB = 1_048_576


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(Limits.for_documents(20 * MB), quarantine_root=tmp_path_factory.mktemp("q")) as opened:
        yield opened


def told(reader: RestrictedReader, tmp_path: Path, content: bytes) -> Document:
    path = tmp_path / "piece.bin"
    path.write_bytes(content)
    return reader.document(reader.admit(path))


def refusal(reader: RestrictedReader, tmp_path: Path, content: bytes) -> str:
    with pytest.raises(ReadRefused) as refused:
        told(reader, tmp_path, content)
    return refused.value.problem.code


def test_a_pdf_is_opened_and_its_pages_counted(reader: RestrictedReader, tmp_path: Path) -> None:
    assert told(reader, tmp_path, pdf(pages=3)) == Document("pdf", 3, active=False)


def test_the_outline_of_a_pdf_leads_to_its_pages(reader: RestrictedReader, tmp_path: Path) -> None:
    outline = (("Zone UA", 1), ("Zone N", 3))
    assert told(reader, tmp_path, pdf(pages=3, outline=outline)).outline == outline


def test_an_entry_of_an_outline_that_is_no_text_is_left_out(reader: RestrictedReader, tmp_path: Path) -> None:
    entries = b"/Title<FEFFD800>/Dest[3 0 R/Fit]/Next<</Title(Zone N)/Dest[3 0 R/Fit]>>"
    content = pdf_of_objects(catalog=b"/Outlines<</First<<" + entries + b">>>>")
    assert told(reader, tmp_path, content).outline == (("Zone N", 1),)


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>",
        b"/Names<</EmbeddedFiles<</Names[]>>>>/AF[<</EmbeddedFile 9>>]",
    ],
)
def test_a_pdf_that_acts_is_told_so(reader: RestrictedReader, tmp_path: Path, catalog: bytes) -> None:
    assert told(reader, tmp_path, pdf_of_objects(catalog=catalog)).active


def test_a_docx_and_an_odt_are_told_by_what_they_hold(reader: RestrictedReader, tmp_path: Path) -> None:
    assert [told(reader, tmp_path, made).kind for made in (docx(), odt())] == ["docx", "odt"]


def test_a_pdf_with_a_password_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    made = BytesIO()
    canvas = Canvas(made, encrypt=StandardEncryption("secret"))
    canvas.showPage()
    canvas.save()
    assert refusal(reader, tmp_path, made.getvalue()) == "pdf_locked"


@pytest.mark.parametrize("content", [b"%PDF-1.7\nhello", pdf()[:300], b"%PDF-1.7\n" + b"\0" * 5_000])
def test_what_only_begins_as_a_pdf_is_refused(reader: RestrictedReader, tmp_path: Path, content: bytes) -> None:
    assert refusal(reader, tmp_path, content) == "pdf_damaged"


def zipped(**members: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"MZ\x90 a program", "not_a_document"),
        (zipped(**{"readme.txt": b"x"}), "not_a_document"),
        (b"PK\x03\x04 cut", "not_a_document"),
        (docx(macros=True), "document_macros"),
    ],
)
def test_what_is_no_document_is_refused(reader: RestrictedReader, tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(reader, tmp_path, content) == code


def test_a_bomb_ends_the_child_and_not_the_next_reading(reader: RestrictedReader, tmp_path: Path) -> None:
    bomb = pdf_of_objects(stream=zlib.compress(b"q " * 300_000_000, 9))
    assert refusal(reader, tmp_path, bomb) in ("reader_stopped", "too_much_memory", "too_much_cpu", "took_too_long")
    assert told(reader, tmp_path, pdf()).pages == 1
