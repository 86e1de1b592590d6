"""Small documents, made on the spot."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ODT = "application/vnd.oasis.opendocument.text"


def pdf(pages: int = 1, outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF of so many pages, whose outline has these titles, each with its page from 1."""
    made = BytesIO()
    canvas = Canvas(made)
    for number in range(pages):
        canvas.drawString(100, 700, f"Plan de masse {number}")
        for title in (title for title, page in outline if page == number + 1):
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def pdf_of_objects(*, catalog: bytes = b"", stream: bytes | None = None) -> bytes:
    """A PDF of one page, with more in its catalog, or with a compressed stream as what the page draws."""
    drawn = b"<</Length 0>>stream\n\nendstream"
    if stream is not None:
        drawn = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(stream), stream)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        drawn,
    ]
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return made + tail % (table, len(made))


def docx(*, macros: bool = False) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/word/document.xml" ContentType="{DOCX}"/></Types>'
        )
        archive.writestr("word/document.xml", "<w:document/>")
        if macros:
            archive.writestr("word/vbaProject.bin", b"x")
    return made.getvalue()


def odt() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", ODT)
        archive.writestr("content.xml", "<office:document-content/>")
    return made.getvalue()


def image(form: str = "JPEG", *, size: tuple[int, int] = (40, 20), placed: bool = False) -> bytes:
    """An image; `placed` writes in it where it was taken."""
    made, exif = BytesIO(), Image.Exif()
    if placed:
        exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 50.0, 0.0), 3: "E", 4: (2.0, 30.0, 0.0)})
        exif[0x010F] = "Appareil"
    Image.new("RGB", size, "teal").save(made, form, exif=exif)
    return made.getvalue()
