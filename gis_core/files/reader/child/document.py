"""What a document is: a PDF whose pages can be read, a DOCX, an ODT. Nothing of it is drawn or run."""

import mmap
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO

from .files import head_of, regular
from .trouble import Trouble

PDF, ZIP = b"%PDF-", b"PK\x03\x04"
PDF_HEAD = 1024
MOST_PAGES = 2_000
MOST_ENTRIES, LONGEST_TITLE = 2_000, 200
# Where no compressed stream hides them; what PDFium counts is found there, too.
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/SubmitForm")
MOST_UNPACKED = 1024 * 1024 * 1024
CONTENT_TYPES, MIMETYPE = "[Content_Types].xml", "mimetype"
DOCX = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ODT = b"application/vnd.oasis.opendocument.text"
MOST_TYPES = 1024 * 1024


def document(name: str, limits: Mapping[str, int]) -> dict[str, Any]:
    """Kind, pages, and whether it holds scripts or files; raises Trouble."""
    start = head_of(name, PDF_HEAD)
    if not start:
        raise Trouble("empty_file")
    if PDF in start:
        return pdf(name)
    if start.startswith(ZIP):
        return {"kind": office(name, limits), "pages": 0, "active": True, "outline": []}
    raise Trouble("not_a_document")


def pdf(name: str) -> dict[str, Any]:
    with regular(name) as opened:
        pages, active_parts, outline = pages_of(opened)
    return {"kind": "pdf", "pages": pages, "active": active_parts > 0 or names_active(name), "outline": outline}


def pages_of(opened: BinaryIO) -> tuple[int, int, list[tuple[str, int]]]:
    """How many pages could be read, how many scripts and files PDFium counts, the outline (titles and pages)."""
    import pypdfium2.raw

    pdfium: Any = pypdfium2
    raw = pdfium.raw
    try:
        read = pdfium.PdfDocument(opened)
    except pypdfium2.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Trouble("pdf_locked" if locked else "pdf_damaged") from error
    pages = len(read)
    if not pages:
        raise Trouble("pdf_damaged")
    if pages > MOST_PAGES:
        raise Trouble("pdf_pages", pages=pages, limit=MOST_PAGES)
    try:
        for number in range(pages):
            read[number].close()
        active = raw.FPDFDoc_GetJavaScriptActionCount(read) + raw.FPDFDoc_GetAttachmentCount(read)
        return pages, active, outline_of(read, pages)
    except pypdfium2.PdfiumError as error:
        raise Trouble("pdf_damaged") from error
    finally:
        read.close()


def outline_of(read: Any, pages: int) -> list[tuple[str, int]]:
    """Title and page, from 1, of the entries of an outline that lead to a page; the first ones of a long outline.

    An entry whose title is no text is left out: the document is as good as without it.
    """
    entries = []
    for bookmark in islice(read.get_toc(), MOST_ENTRIES):
        target = bookmark.get_dest()
        index = target.get_index() if target else None
        if index is not None and 0 <= index < pages:
            with suppress(UnicodeDecodeError):
                entries.append((bookmark.get_title()[:LONGEST_TITLE], index + 1))
    return entries


def names_active(name: str) -> bool:
    """Whether the file names something that acts."""
    with regular(name) as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(word) >= 0 for word in ACTIVE)


def office(name: str, limits: Mapping[str, int]) -> str:
    """`docx` or `odt`, by what the archive says inside."""
    with regular(name) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                return office_kind(archive, limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise Trouble("not_a_document") from error


def office_kind(archive: zipfile.ZipFile, limits: Mapping[str, int]) -> str:
    infos = archive.infolist()
    if len(infos) > limits["members"]:
        raise Trouble("archive_members", limit=limits["members"])
    if sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise Trouble("document_unpacks", limit=MOST_UNPACKED)
    if any(info.filename.lower().endswith("vbaproject.bin") or info.filename.startswith("Basic/") for info in infos):
        raise Trouble("document_macros")
    names = {info.filename for info in infos}
    if "content.xml" in names and content(archive, names, MIMETYPE).strip() == ODT:
        return "odt"
    if "word/document.xml" in names and DOCX in content(archive, names, CONTENT_TYPES):
        return "docx"
    raise Trouble("not_a_document")


def content(archive: zipfile.ZipFile, names: set[str], name: str) -> bytes:
    """The beginning of a member."""
    if name not in names:
        return b""
    with archive.open(name) as member:
        return member.read(MOST_TYPES)
