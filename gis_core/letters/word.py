"""A letter as DOCX: the same document, in styles that a word processor knows."""

from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gis_core.database import clock as database_clock
from gis_core.letters.blocks import Block, Runs
from gis_core.letters.document import DRAFT, Document

FONT, SIZE_PT = "Arial", 10.5
RED, GREY = RGBColor(0xA4, 0x26, 0x2C), RGBColor(0x4A, 0x58, 0x52)
RIGHT_HALF = Mm(92)
LOGO_HEIGHT = Mm(20)


def docx_of(letter: Document) -> bytes:
    """The DOCX file."""
    file = docx.Document()
    describe(file, letter)
    style(file)
    if letter.draft:
        notice = file.sections[0].header.paragraphs[0].add_run(DRAFT)
        notice.bold, notice.font.color.rgb = True, RED
    foot(file, letter)
    head(file, letter)
    for block in letter.body:
        put(file, block)
    if letter.signatory:
        signed = paragraph(file, letter.signatory, indent=RIGHT_HALF)
        signed.paragraph_format.space_before, signed.paragraph_format.keep_together = Pt(30), True
    kept = BytesIO()
    file.save(kept)
    return kept.getvalue()


def describe(file: Any, letter: Document) -> None:
    """The properties of the file, without those of the library's own template."""
    properties, now = file.core_properties, database_clock.now().replace(tzinfo=None)
    properties.title = f"{letter.number or 'Projet'} · {letter.title}"
    properties.author = properties.last_modified_by = letter.sender
    properties.comments, properties.language = "", "fr-FR"
    properties.created = properties.modified = now


def style(file: Any) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size in (("Normal", SIZE_PT), ("Heading 1", 12.5), ("Heading 2", 12), ("Heading 3", SIZE_PT)):
        one = file.styles[name]
        one.font.name, one.font.size, one.font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
        fonts = one.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [one for one in fonts.attrib if one.endswith("Theme")]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:hAnsi"), FONT)
    file.styles["Normal"].paragraph_format.space_after = Pt(8)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")


def foot(file: Any, letter: Document) -> None:
    """The number of the letter, and the page's."""
    line = file.sections[0].footer.paragraphs[0]
    line.add_run(f"{reference(letter)} · page ").font.size = Pt(8)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)


def reference(letter: Document) -> str:
    return "Projet, sans numéro" if letter.draft else f"Réf. : {letter.number}"


def head(file: Any, letter: Document) -> None:
    if letter.logo:
        file.add_picture(BytesIO(letter.logo), height=LOGO_HEIGHT)
        drawing = file.inline_shapes[0]._inline.docPr
        drawing.set("descr", f"Logo : {letter.sender}")
    sender = paragraph(file, letter.sender, after=0)
    sender.runs[0].bold = True
    for text in filter(None, (letter.address, letter.contact)):
        for run in paragraph(file, text, after=0).runs:
            run.font.size, run.font.color.rgb = Pt(9), GREY
    paragraph(file, letter.recipient, indent=RIGHT_HALF).paragraph_format.space_before = Pt(18)
    paragraph(file, letter.dated, indent=RIGHT_HALF)
    paragraph(file, reference(letter))
    file.add_heading(letter.heading, 1)


def paragraph(file: Any, text: str, *, indent: Any = None, after: float | None = None) -> Any:
    """A paragraph whose lines stay lines."""
    made = file.add_paragraph(text)
    if indent is not None:
        made.paragraph_format.left_indent = indent
    if after is not None:
        made.paragraph_format.space_after = Pt(after)
    return made


def put(file: Any, block: Block) -> None:
    match block.kind:
        case "heading":
            write(file.add_heading("", block.level + 1), block.lines[0])
        case "bullets":
            for runs in block.lines:
                write(file.add_paragraph(style="List Bullet"), runs)
        case "table":
            table(file, block)
        case "break":
            file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case _:
            made = file.add_paragraph()
            for rank, runs in enumerate(block.lines):
                if rank:
                    made.add_run().add_break()
                write(made, runs)


def table(file: Any, block: Block) -> None:
    """A table whose first row is the header, repeated on each page."""
    made = file.add_table(rows=len(block.rows), cols=len(block.rows[0]))
    made.style = "Table Grid"
    for rank, (row, cells) in enumerate(zip(made.rows, block.rows, strict=True)):
        for cell, runs in zip(row.cells, cells, strict=True):
            write(cell.paragraphs[0], runs, bold=rank == 0)
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(header)
    file.add_paragraph().paragraph_format.space_after = Pt(0)


def write(target: Any, runs: Runs, *, bold: bool = False) -> None:
    for run in runs:
        target.add_run(run.text).bold = (run.bold or bold) or None
